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

LINKS = {
    **dict.fromkeys(("of", "de", "del", "della", "delle", "dei", "degli", "di", "da", "do"), 1),
    **dict.fromkeys(("dos", "das", "du", "des", "der", "van", "the", "den", "het"), 1),
    **dict.fromkeys(("at", "in", "on", "am", "im", "en", "em", "au", "aux", "zu"), 2),
    **dict.fromkeys(("and", "e", "y", "et", "und", "i", "og", "och", "ve", "amp"), 3),
    **dict.fromkeys(("for", "fur", "voor", "na"), 4),
    **dict.fromkeys(("to", "by", "with"), 5),
}
"""What a word that is left out says of its neighbours: part of, at, and, for, to. Others say 6."""

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
    "dr": "doctor",
    "prof": "professor",
}

CITIES = {
    "munchen": "munich",
    "koln": "cologne",
    "nurnberg": "nuremberg",
    "hanover": "hannover",
    "wien": "vienna",
    "praha": "prague",
    "warszawa": "warsaw",
    "warszawski": "warsaw",
    "cracow": "krakow",
    "roma": "rome",
    "milano": "milan",
    "napoli": "naples",
    "firenze": "florence",
    "torino": "turin",
    "venezia": "venice",
    "padova": "padua",
    "genova": "genoa",
    "lisboa": "lisbon",
    "geneve": "geneva",
    "genf": "geneva",
    "bruxelles": "brussels",
    "brussel": "brussels",
    "antwerpen": "antwerp",
    "gent": "ghent",
    "kobenhavn": "copenhagen",
    "goteborg": "gothenburg",
    "moskva": "moscow",
    "sevilla": "seville",
    "beograd": "belgrade",
    "bucuresti": "bucharest",
    "bengaluru": "bangalore",
    "bombay": "mumbai",
    "calcutta": "kolkata",
    "kiev": "kyiv",
    "kharkov": "kharkiv",
    "peking": "beijing",
}
"""Cities that are written in several ways."""

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
        (
            *("hopital", "hopitaux", "ospedale", "szpital", "hospitals", "hospitais", "hospitales"),
            *("hospitalier", "hospitalario", "hospitalar", "ospedaliera", "ospedaliero"),
            *("krankenhaus", "spital", "klinikum", "kliniken", "ziekenhuis", "sykehus", "sygehus"),
            *("sjukhus", "sjukhuset", "sairaala", "nemocnice", "bolnica", "hastanesi", "korhaz"),
        ),
        "hospital",
    ),
    **dict.fromkeys(
        (
            *("universitatsklinikum", "universitatsspital", "universitatskliniken", "uniklinik"),
            *("universitatsklinik", "universitatskrankenhaus", "universitetssykehus"),
            *("universitetssykehuset", "universitetssjukhus", "universitetssjukhuset"),
            *("universitetshospital", "universiteitsziekenhuis"),
        ),
        "university hospital",
    ),
    "universitatsmedizin": "university medicine",
    **dict.fromkeys(
        (
            *("politecnico", "politecnica", "polytechnique", "politechnika", "politehnica"),
            *("polytechnical", "politeknik", "polytechnion", "politeknika"),
        ),
        "polytechnic",
    ),
    **dict.fromkeys(("ecole", "escuela", "scuola", "escola", "schule", "szkola"), "school"),
    **dict.fromkeys(("clinica", "clinique", "klinik", "klinika", "clinics"), "clinic"),
    **dict.fromkeys(("departamento", "departement", "dipartimento"), "department"),
    **dict.fromkeys(("universitaire", "universitaires"), "university"),
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
    "peoples": "people",
    "childrens": "children",
    "womens": "women",
    "veterans": "veteran",
    "universitair": "university",
    **CITIES,
}
"""Words of several languages that names use for the same thing."""

NO_COUNTRIES = ("new south wales", "new jersey", "new mexico", "new england")
"""Names that hold the name of a country that they are not in, by key."""

TERRITORIES = {
    **dict.fromkeys(("hk", "mo"), "cn"),
    **dict.fromkeys(("re", "gp", "mq", "gf", "nc", "pf", "yt"), "fr"),
    **dict.fromkeys(("pr", "gu", "vi", "as", "mp"), "us"),
    **dict.fromkeys(("fo", "gl"), "dk"),
    **dict.fromkeys(("aw", "cw", "sx", "bq"), "nl"),
    **dict.fromkeys(("gg", "je", "im", "gi", "bm", "ky"), "gb"),
}
"""The country that an affiliation may name instead of the code of a territory."""

COUNTRIES = {
    "usa": "us",
    "us": "us",
    "united states america": "us",
    "uk": "gb",
    "united kingdom great britain northern ireland": "gb",
    "great britain": "gb",
    "england": "gb",
    "scotland": "gb",
    "wales": "gb",
    "northern ireland": "gb",
    "people republic china": "cn",
    "peoples republic china": "cn",
    "pr china": "cn",
    "p r china": "cn",
    "prc": "cn",
    "republic china": "tw",
    "korea": "kr",
    "republic korea": "kr",
    "south korea": "kr",
    "russian federation": "ru",
    "russia": "ru",
    "netherlands": "nl",
    "czech republic": "cz",
    "czechia": "cz",
    "turkey": "tr",
    "turkiye": "tr",
    "turkije": "tr",
    "iran": "ir",
    "islamic republic iran": "ir",
    "viet nam": "vn",
    "vietnam": "vn",
    "deutschland": "de",
    "osterreich": "at",
    "schweiz": "ch",
    "suisse": "ch",
    "espana": "es",
    "italia": "it",
    "brasil": "br",
    "belgique": "be",
    "belgie": "be",
    "polska": "pl",
    "norge": "no",
    "sverige": "se",
    "danmark": "dk",
    "suomi": "fi",
    "uae": "ae",
    "kingdom saudi arabia": "sa",
    "ksa": "sa",
    "macau": "mo",
    "macao": "mo",
    "macedonia": "mk",
    "republic ireland": "ie",
    "中国": "cn",
}
"""Ways to write a country that registries do not use, by key. "Republic of China" is ISO's TW."""
