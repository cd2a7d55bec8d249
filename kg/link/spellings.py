"""Tables of how words of names are spelled: abbreviations, equivalents, letters.

They are about written language only; no table says which organization is meant.
"""

LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
    | {"&": " and ", "‐": "-", "‑": "-", "ə": "a"}
)

STOP_WORDS = frozenset(
    (
        *("the", "of", "and", "for", "at", "in", "on", "to", "a", "an", "by", "with"),
        *("de", "del", "della", "delle", "dei", "degli", "di", "da", "do", "dos", "das", "e", "y"),
        *("la", "le", "les", "el", "los", "las", "du", "des", "et", "en", "au", "aux"),
        *("der", "die", "dem", "den", "und", "fur", "am", "im", "zu", "van", "het", "voor"),
        *("i", "w", "na", "og", "och", "ve", "amp"),
    )
)

ABBREVIATIONS = {
    "univ": "university",
    "uni": "university",
    "inst": "institute",
    "dept": "department",
    "dep": "department",
    "hosp": "hospital",
    "ctr": "center",
    "cent": "central",
    "coll": "college",
    "acad": "academy",
    "natl": "national",
    "nat": "national",
    "sci": "science",
    "technol": "technology",
    "tech": "technology",
    "med": "medical",
    "lab": "laboratory",
    "labs": "laboratory",
    "sch": "school",
    "fac": "faculty",
    "res": "research",
    "int": "international",
    "intl": "international",
    "agric": "agricultural",
    "engn": "engineering",
    "eng": "engineering",
    "affil": "affiliated",
    "prov": "province",
    "st": "saint",
    "ste": "saint",
    "mt": "mount",
    "ft": "fort",
    "assoc": "association",
    "gen": "general",
    "corp": "corporation",
}

EQUIVALENTS = {
    **dict.fromkeys(
        (
            *("universite", "universitat", "universitaet", "universidad", "universidade"),
            *("universita", "universiteit", "universitet", "universitetet", "univerzita"),
            *("uniwersytet", "univerzitet", "universitatea", "universitesi", "universitas"),
            *("sveuciliste", "universities", "univeristy", "universiti"),
            *("yliopisto", "egyetem", "universitario", "universitaria"),
        ),
        "university",
    ),
    **dict.fromkeys(
        ("institut", "instituto", "istituto", "instytut", "instituut", "institutes", "institutet"),
        "institute",
    ),
    **dict.fromkeys(
        ("hopital", "hopitaux", "ospedale", "szpital", "hospitals", "hospitais", "hospitales"),
        "hospital",
    ),
    **dict.fromkeys(
        ("centre", "centro", "centrum", "zentrum", "centers", "centres", "centros", "centra"),
        "center",
    ),
    **dict.fromkeys(
        ("laboratoire", "laboratorio", "laboratories", "laboratoires", "laboratorium"),
        "laboratory",
    ),
    **dict.fromkeys(("sciences", "scientific", "ciencias", "scienze", "wissenschaften"), "science"),
    **dict.fromkeys(("nationale", "nacional", "nazionale", "nationales"), "national"),
    **dict.fromkeys(("faculte", "facultad", "faculdade", "facolta", "fakultat"), "faculty"),
    **dict.fromkeys(
        ("technologies", "tecnologia", "tecnologico", "technologie", "technological"), "technology"
    ),
    **dict.fromkeys(("medicina", "medecine", "medizin", "medizinische"), "medicine"),
    **dict.fromkeys(("recherche", "investigacion", "ricerca", "pesquisa", "forschung"), "research"),
    **dict.fromkeys(("colleges", "collegio", "colegio"), "college"),
    **dict.fromkeys(("academia", "academie", "akademie", "accademia", "akademia"), "academy"),
    **dict.fromkeys(("technische", "technical", "tecnica", "technique"), "technical"),
    "sante": "health",
    "salud": "health",
    "saude": "health",
    "schools": "school",
    "studies": "study",
    "engineers": "engineering",
    "ltda": "ltd",
    "limited": "ltd",
    "incorporated": "inc",
    "healthcare": "health",
    "hospitalier": "hospital",
    "peoples": "people",
    "childrens": "children",
    "womens": "women",
    "veterans": "veteran",
    "universitair": "university",
}
"""Words of several languages that names use for the same thing."""
