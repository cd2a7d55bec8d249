"""Where a link may lead: the one place that decides.

Data name things by IRIs of any scheme. A browser runs what some of them hold (``javascript:``,
``data:``, ``vbscript:``) or opens programs for others; so only addresses of the web and of mail
become links. What is none stays text: an ``a`` without ``href`` is no link (HTML, 4.5.1).
"""

import re

ELSEWHERE = re.compile(r"(?:https?://|mailto:)[^\s\0-\x1f]+", re.IGNORECASE)
HERE = re.compile(r"(?:/(?![/\\])|[?#])[^\0-\x1f]*|/")
"""An address of this site: a path, but not one that begins like a host (RFC 3986, 4.2)."""


def leads(address: str) -> str:
    """Return an address where a link may lead to it, empty text for another.

    >>> leads("https://example.org/a"), leads("mailto:a@example.org"), leads("/en/center/lake")
    ('https://example.org/a', 'mailto:a@example.org', '/en/center/lake')
    >>> leads("javascript:alert(1)"), leads("JavaScript:x"), leads("data:text/html,x"), leads("//a")
    ('', '', '', '')
    """
    return address if ELSEWHERE.fullmatch(address) or HERE.fullmatch(address) else ""
