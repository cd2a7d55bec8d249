"""The links of a page, for tests that follow them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

LINKING = {
    ("a", "href"),
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("form", "action"),
}


@dataclass
class ReadPage(HTMLParser):
    """What a page links to, and which places in it others can link to."""

    html: str
    links: list[tuple[str, str]] = field(default_factory=list)
    """Element and address of each link, in the order of the page."""
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the links and the id of an element."""
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif (tag, name) in LINKING and value is not None:
                self.links.append((tag, value))
            elif tag == "meta" and name == "content" and value and "url=" in value:
                self.links.append((tag, value.partition("url=")[2]))
