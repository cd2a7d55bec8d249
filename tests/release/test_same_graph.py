"""Every format of everything is one graph, whoever reads it, and nobody needs a network."""

import urllib.request

import pytest
from conftest import BuiltRelease, one_of_each_kind
from flask.testing import FlaskClient
from graphs import canonical, flat, flat_by_pyld, flat_by_rdflib, named
from pyoxigraph import NamedNode
from sample import SLUG

from kg.config import Config
from kg.formats import BY_EXTENSION, FORMATS
from kg.query.results import write_graph
from kg.web.addresses import short_path
from kg.web.site import Site

DUMPS = ("research-center-kg", f"center/{SLUG}")

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture(scope="module")
def site(release: BuiltRelease, config: Config) -> Site:
    """What is served."""
    return Site(release.release, config)


@pytest.fixture(scope="module")
def addresses(site: Site) -> list[str]:
    """The path of everything that has data; the base, which is the home page, has none."""
    return [path for path in site.addresses if path]


def data_paths(addresses: list[str], *, whole: bool) -> list[str]:
    """Return what has data: everything, or the first of each kind, and the documents."""
    chosen = addresses if whole else one_of_each_kind(addresses)
    return list(dict.fromkeys([*map(short_path, chosen), "ontology", "shapes", "dataset"]))


def body(client: FlaskClient, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, path
    data: bytes = response.data
    return data


def test_a_socket_would_be_noticed() -> None:
    with pytest.raises(AssertionError, match="a socket was opened"):
        urllib.request.urlopen("http://127.0.0.1:1/")


def test_every_format_of_every_thing_holds_the_same_statements(
    site: Site, addresses: list[str], whole: bool
) -> None:
    context = site.release.context
    for path in addresses if whole else one_of_each_kind(addresses):
        # Described once, and written as /data writes it: that takes the time.
        node = NamedNode(site.base + path)
        quads = site.describe(node).quads
        expected = canonical(quads)
        assert expected, path
        for format_ in FORMATS:
            data = write_graph(quads, format_, site.base, context, first=node.value)
            assert flat(data, format_) == expected, f"{path}.{format_.extension}"
            if format_.has_graphs:
                assert named(data, format_) == set(quads), path


def test_three_readers_find_the_same_graph_in_one_of_each_kind(
    client: FlaskClient, addresses: list[str], whole: bool
) -> None:
    # One of each kind takes long enough: one of each first segment, where not all are asked.
    paths = data_paths(addresses, whole=False)
    paths = paths if whole else paths[:: len(paths) // 6]
    for path in paths:
        expected = flat(body(client, f"/data/{path}.nt"), BY_EXTENSION["nt"])
        assert flat_by_pyld(body(client, f"/data/{path}.jsonld")) == expected, path
        for format_ in FORMATS:
            data = body(client, f"/data/{path}.{format_.extension}")
            assert flat_by_rdflib(data, format_) == expected, f"{path}.{format_.extension}"
    assert len(paths) > (35 if whole else 5)


@pytest.mark.parametrize("name", DUMPS)
def test_three_readers_find_the_same_graph_in_the_dumps(release: BuiltRelease, name: str) -> None:
    files = {f: (release.folder / "dumps" / f"{name}.{f.extension}").read_bytes() for f in FORMATS}
    expected = flat(files[BY_EXTENSION["nt"]], BY_EXTENSION["nt"])
    assert len(expected) > 1000
    for format_, data in files.items():
        assert flat(data, format_) == expected, format_.extension
        assert flat_by_rdflib(data, format_) == expected, format_.extension
    assert flat_by_pyld(files[BY_EXTENSION["jsonld"]]) == expected


@pytest.mark.parametrize("name", ["graph/description", "shapes", "ontology", "graph/codes"])
def test_a_large_document_is_the_same_graph_in_json_ld_and_turtle(
    client: FlaskClient, name: str
) -> None:
    found = {
        extension: flat(body(client, f"/data/{name}.{extension}"), BY_EXTENSION[extension])
        for extension in ("jsonld", "ttl")
    }
    assert len(found["ttl"]) > 500
    assert found["jsonld"] == found["ttl"]
