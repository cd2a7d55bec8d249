"""Which variant wins, for headers that clients really send and for the corners of RFC 9110."""

import pytest

from kg.formats import FORMATS
from kg.web.negotiate import HTML, Variant, choose_language, choose_variant

VARIANTS = (HTML, *(Variant(f.extension, f.media_types) for f in FORMATS))

CLIENTS = {
    "Chrome": (
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
            "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
        ),
        "html",
    ),
    "Firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    "Safari": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
    "curl": ("*/*", "html"),
    "no header": (None, "html"),
    "empty header": (" ", "html"),
    "rdflib": (
        "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1",
        "rdf",
    ),
    "rdflib, Turtle": ("text/turtle, application/x-turtle", "ttl"),
    "Jena, graphs": (
        (
            "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
            "application/rdf+xml;q=0.7,*/*;q=0.3"
        ),
        "ttl",
    ),
    "Jena, datasets": (
        "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,*/*;q=0.5",
        "trig",
    ),
    "RDF4J": (
        (
            "application/rdf+xml;q=0.8, text/turtle, application/x-turtle;q=0.9, "
            "application/n-triples;q=0.7, application/trig;q=0.8, application/ld+json;q=0.6, "
            "application/xhtml+xml;q=0.3, text/html;q=0.3"
        ),
        "ttl",
    ),
    "OWL API": (
        (
            "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, "
            "*/*; q=0.09"
        ),
        "rdf",
    ),
    "JSON-LD client with a profile": (
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"',
        "jsonld",
    ),
}

CORNERS = {
    "the higher q wins, wherever it stands": ("text/html;q=0.4,text/turtle;q=0.5", "ttl"),
    "three decimals count": ("text/html;q=0.998,application/n-quads;q=0.999", "nq"),
    "no q is 1": ("text/html;q=0.9,application/trig", "trig"),
    "a tie goes to HTML": ("text/turtle,text/html", "html"),
    "a tie without HTML goes to Turtle": ("application/rdf+xml,text/turtle", "ttl"),
    "a tie of others goes by our order": ("application/rdf+xml,application/n-quads", "nq"),
    "a type beats its range": ("text/*;q=0.9,text/turtle;q=0.1,text/html;q=0.2", "html"),
    "a type outranks a range with more q": ("application/*,application/trig;q=0.1", "jsonld"),
    "a range beats everything": ("*/*;q=0.9,text/*;q=0.1", "jsonld"),
    "a range alone": ("application/*", "jsonld"),
    "text alone is HTML": ("text/*", "html"),
    "q=0 excludes from a range": ("*/*,text/html;q=0", "ttl"),
    "q=0 excludes a whole type": ("*/*,text/*;q=0", "jsonld"),
    "a charset is no other type": ("text/turtle;charset=utf-8", "ttl"),
    "a parameter of q's own": ("text/turtle;q=0.5;ext=1,text/html;q=0.4", "ttl"),
    "a narrower range does not speak for the bare type": (
        "text/html;level=1,text/html;q=0.3,text/turtle;q=0.5",
        "ttl",
    ),
    "case does not matter": ("TEXT/Turtle", "ttl"),
    "blanks do not matter": ("text/html ; q=0.1 ,\ttext/turtle ; q=0.2", "ttl"),
    "an older name of Turtle": ("application/x-turtle", "ttl"),
    "what we have last in the list": ("image/png,text/csv;q=0.9,application/n-triples;q=0.1", "nt"),
    "an image": ("image/png", None),
    "nothing at all": ("*/*;q=0", None),
    "HTML and no HTML": ("text/html;q=0", None),
    "plain text": ("text/plain", None),
}


@pytest.mark.parametrize(("accept", "expected"), CLIENTS.values(), ids=CLIENTS)
def test_a_client_gets_what_it_can_read(accept: str | None, expected: str) -> None:
    chosen = choose_variant(accept, VARIANTS)
    assert chosen is not None
    assert chosen.name == expected


@pytest.mark.parametrize(("accept", "expected"), CORNERS.values(), ids=CORNERS)
def test_quality_then_specificity_then_our_order(accept: str, expected: str | None) -> None:
    chosen = choose_variant(accept, VARIANTS)
    assert (chosen.name if chosen else None) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8,en-GB;q=0.7", "zh"),
        ("zh-Hant-TW", "zh"),
        ("zh_CN", "zh"),
        ("en-US,en;q=0.5", "en"),
        ("en;q=0.5,zh;q=0.6", "zh"),
        ("en,zh", "en"),
        ("zh,en", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("de,zh;q=0.1", "zh"),
        ("*", "en"),
        ("en;q=0.2,*", "zh"),
        ("*;q=0.5,zh;q=0.4", "en"),
        ("en;q=0", "en"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("ZH", "zh"),
    ],
)
def test_language(header: str | None, expected: str) -> None:
    assert choose_language(header) == expected
