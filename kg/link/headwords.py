"""Words that say what kind of body is named: an institution, a part of one, a company."""

HEADS = ("university", "hospital", "institute", "center", "college", "academy", "laboratory")
COMPANIES = frozenset(("inc", "ltd", "gmbh", "company", "corporation", "llc", "co"))
MEDICAL = frozenset(("medical", "hospital", "health", "clinic", "clinical", "cancer", "children"))
UNITS = frozenset(
    (
        *("department", "faculty", "school", "division", "laboratory", "unit", "section", "chair"),
        *("group", "program", "service", "clinic", "lab", "team", "branch", "office", "college"),
    )
)
"""Words that parts of an institution begin with."""

CLINICAL = frozenset(
    (
        *("clinic", "clinical", "hospital", "medical", "patient", "surgery", "surgical"),
        *("cardiology", "neurology", "oncology", "radiology", "pediatrics", "paediatrics"),
        *("psychiatry", "urology", "dermatology", "ophthalmology", "gastroenterology"),
        *("hematology", "haematology", "nephrology", "orthopedics", "orthopaedics", "pathology"),
        *("gynecology", "gynaecology", "obstetrics", "anesthesiology", "emergency", "nursing"),
        *("neurosurgery", "rheumatology", "endocrinology", "otolaryngology", "pulmonary"),
        *("intensive", "rehabilitation", "anesthesia", "stomatology", "infectious", "respiratory"),
    )
)
PLAIN = UNITS | frozenset(
    (
        *("medicine", "medical", "science", "engineering", "graduate", "research", "center"),
        *("institute", "education", "business", "law", "health", "public", "arts", "humanities"),
        *("pharmacy", "dentistry", "nursing", "management", "economics", "technology", "study"),
        *("biology", "chemistry", "physics", "mathematics", "psychology", "biomedical", "campus"),
    )
)
