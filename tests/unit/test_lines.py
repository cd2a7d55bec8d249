"""The line of every statement is found, however the file is laid out."""

from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse
from sample import SLUG

from kg.sources.lines import LineIndex

PREFIXES = "@base <https://example.org/> .\n@prefix : <https://example.org/> .\n"
VALUES = ("<o1>", ":o2", '"text"@en', '"more\\nlines"', "12", "0.5", "true", '"""two\nlines"""')

Statement = tuple[int, int, int]
STATEMENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, len(VALUES) - 1)),
    min_size=1,
    max_size=12,
    unique=True,
)
BREAKS = st.lists(st.sampled_from([" ", "\n", "\n\n  ", "\n# a comment <s> ; .\n"]), min_size=40)


def write(statements: list[Statement], breaks: list[str]) -> tuple[str, list[tuple[str, int]]]:
    """Return Turtle with the breaks between its tokens, and the line of each object."""
    text, places = PREFIXES, []
    gaps = iter(breaks)
    last: tuple[int, int] | None = None
    for subject, predicate, value in statements:
        if last == (subject, predicate):
            text += "," + next(gaps)
        elif last is not None and last[0] == subject:
            text += f" ;{next(gaps)}:p{predicate}{next(gaps)}"
        else:
            text += f"{' .' if last else ''}\n<s{subject}>{next(gaps)}:p{predicate}{next(gaps)}"
        places.append((VALUES[value], text.count("\n") + 1))
        text += VALUES[value]
        last = (subject, predicate)
    return text + " .\n", places


@given(STATEMENTS, BREAKS)
def test_the_line_of_each_object_in_turtle(statements: list[Statement], breaks: list[str]) -> None:
    text, places = write(statements, breaks)
    index = LineIndex(Path("x.ttl"), text.encode())
    quads = list(parse(text, RdfFormat.TURTLE))
    assert len(quads) == len(places)
    assert [index.find(quad) for quad in quads] == [line for _, line in places]


@given(st.lists(STATEMENTS, min_size=2, max_size=4), BREAKS)
def test_the_line_of_the_same_statement_in_several_graphs(
    graphs: list[list[Statement]], breaks: list[str]
) -> None:
    text, lines = PREFIXES, []
    for number, statements in enumerate(graphs):
        turtle, places = write(statements, breaks)
        text += f"<g{number}> {{\n"
        # The prefixes of the part are two lines that the whole file has once.
        before = text.count("\n") - 2
        text += turtle.removeprefix(PREFIXES) + "}\n"
        lines += [before + line for _, line in places]
    index = LineIndex(Path("x.trig"), text.encode())
    quads: list[Quad] = list(parse(text, RdfFormat.TRIG))
    assert [index.find(quad) for quad in quads] == lines


@pytest.mark.parametrize("name", ["profile.trig"])
def test_every_statement_of_the_real_profile_has_the_line_of_its_value(name: str) -> None:
    path = ROOT / "data" / SLUG / name
    data = path.read_bytes()
    rows = data.decode().split("\n")
    index = LineIndex(path, data)
    quads: list[Quad] = list(parse(data, RdfFormat.TRIG))
    assert len(quads) > 500
    for quad in quads:
        line = index.find(quad)
        assert line is not None
        value = str(getattr(quad.object, "value", ""))
        shown = value.rpartition("/")[2].rpartition("#")[2]
        assert shown in rows[line - 1].replace('\\"', '"'), (line, value)


def test_the_most_exact_line_about_a_thing_is_found() -> None:
    text = PREFIXES + "<s> :p <a> ;\n  :q <b> .\n<t> :p <a> .\n"
    index = LineIndex(Path("x.ttl"), text.encode())
    base = "https://example.org/"
    assert index.find_about(base + "s", base + "q", base + "b") == 4
    assert index.find_about(base + "s", base + "q", base + "elsewhere") == 4
    assert index.find_about(base + "s", None, base + "b") == 4
    assert index.find_about(base + "s", base + "r") == 3
    assert index.find_about(base + "t") == 5
    assert index.find_about(base + "u") is None


def test_a_thing_that_was_a_subject_before_is_found_where_it_is_an_object() -> None:
    text = PREFIXES + "<s> :p <a> .\n<t> :p <b> .\n<u> :q <s> ,\n  <t> .\n"
    index = LineIndex(Path("x.ttl"), text.encode())
    quads = list(parse(text, RdfFormat.TURTLE))
    assert [index.find(quad) for quad in quads] == [3, 4, 5, 6]


def test_a_file_that_rdflib_cannot_read_has_no_lines_and_no_error() -> None:
    text = PREFIXES + "<s> :p <<( <a> <b> <c> )>> .\n"
    index = LineIndex(Path("x.ttl"), text.encode())
    assert index.find_about("https://example.org/nothing") is None
