"""Claims as nanopublications: valid to another library, hashes that hold, the same bytes."""

import gzip
import importlib
import re
import urllib.request
from collections import defaultdict
from typing import Any

import pytest
import rdflib
from conftest import BuiltRelease
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from rdflib import ConjunctiveGraph
from sample import CLAIM, QUOTE, SLUG

from kg.query.nanopub import nanopub_quads
from kg.release.nanopub import GRAPHS, nanopub
from kg.vocab import DCTERMS, NP, PROV, RDF_TYPE, XSD, Iris

# The library switches a habit of rdflib off for everyone: not for the other tests.
NORMALIZED = rdflib.NORMALIZE_LITERALS
library = importlib.import_module("nanopub")
signing = importlib.import_module("nanopub.sign_utils")
MalformedNanopubError = importlib.import_module("nanopub.utils").MalformedNanopubError
rdflib.NORMALIZE_LITERALS = NORMALIZED

BASE = "https://w3id.org/research-center-kg/"
IRIS = Iris(BASE)
CENTER = SLUG
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
CODE = re.compile(r"RA[A-Za-z0-9_-]{43}")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def dumped(release: BuiltRelease) -> dict[str, list[Quad]]:
    """The nanopublications of the dump by their IRIs."""
    found: dict[str, list[Quad]] = defaultdict(list)
    data = (release.folder / "dumps" / "nanopubs.trig").read_bytes()
    for quad in parse(data, RdfFormat.TRIG):
        assert isinstance(quad.graph_name, NamedNode)
        found[quad.graph_name.value.partition("#")[0]].append(quad)
    return dict(found)


def read(quads: list[Quad]) -> Any:
    """Return a nanopublication as the library reads it."""
    data = serialize(quads, format=RdfFormat.TRIG)
    assert data is not None
    dataset = ConjunctiveGraph()
    dataset.parse(data=data.decode(), format="trig")
    return library.Nanopub(rdf=dataset, conf=library.NanopubConf())


def has_the_hash_of_its_iri(made: Any) -> bool:
    about = made.metadata
    verified: bool = signing.verify_trusty(made.rdf, str(about.np_uri), about.namespace)
    return verified


def claims_with_statements(release: BuiltRelease) -> list[str]:
    rows = release.engine.select(
        f"SELECT DISTINCT ?c {{ ?c a <{BASE}ontology#SourceClaim> GRAPH ?c {{ ?s ?p ?o }} }} "
        "ORDER BY ?c"
    ).texts()
    return [iri for (iri,) in rows]


def claim_of(quads: list[Quad]) -> NamedNode:
    [claim] = {q.object for q in quads if q.predicate.value == PROV + "wasDerivedFrom"}
    assert isinstance(claim, NamedNode)
    return claim


def in_graph(quads: list[Quad], name: str) -> set[Triple]:
    return {q.triple for q in quads if str(q.graph_name).endswith(f"#{name}>")}


def test_every_claim_that_says_anything_is_one_nanopublication(
    release: BuiltRelease, dumped: dict[str, list[Quad]]
) -> None:
    claims = sorted(claim_of(quads).value for quads in dumped.values())
    assert claims == claims_with_statements(release)
    print(f"{len(claims)} nanopublications")  # noqa: T201 - asked for: pytest -s shows it
    assert len(claims) == 78


def test_all_of_them_are_valid_and_have_the_hash_that_their_iri_says(
    dumped: dict[str, list[Quad]],
) -> None:
    for iri, quads in dumped.items():
        assert CODE.fullmatch(iri.removeprefix(f"{BASE}np/")), iri
        made = read(quads)
        assert made.is_valid
        assert str(made.metadata.np_uri) == iri
        assert has_the_hash_of_its_iri(made)


def test_a_changed_one_is_found_out(dumped: dict[str, list[Quad]]) -> None:
    quads = next(iter(dumped.values()))
    for number, quad in enumerate(quads):
        if isinstance(quad.object, Literal):
            forged = Quad(quad.subject, quad.predicate, Literal("forged"), quad.graph_name)
            with pytest.raises(MalformedNanopubError, match="not valid"):
                has_the_hash_of_its_iri(read([*quads[:number], forged, *quads[number + 1 :]]))
    less = [q for q in quads if not str(q.graph_name).endswith("#assertion>")]
    with pytest.raises(MalformedNanopubError):
        assert read(less).is_valid


def test_the_assertion_is_the_graph_of_the_claim(
    release: BuiltRelease, dumped: dict[str, list[Quad]]
) -> None:
    for quads in dumped.values():
        claim = claim_of(quads)
        stored = {
            q.triple for q in release.release.store.quads_for_pattern(None, None, None, claim)
        }
        assert in_graph(quads, "assertion") == stored


def test_the_provenance_has_quote_source_and_annotation(dumped: dict[str, list[Quad]]) -> None:
    [quads] = [q for q in dumped.values() if claim_of(q).value.endswith(f"/{CLAIM}")]
    claim = claim_of(quads)
    provenance = in_graph(quads, "provenance")
    quote = Literal(QUOTE, language="en")
    source = IRIS.source(CENTER)
    assert Triple(claim, NamedNode(PROV + "value"), quote) in provenance
    assert Triple(claim, NamedNode(PROV + "wasQuotedFrom"), source) in provenance
    url = NamedNode("https://www.whuh.com/en/info/1173/1530.htm")
    assert Triple(source, NamedNode(DCTERMS + "source"), url) in provenance
    subjects = {t.subject for t in provenance if isinstance(t.subject, NamedNode)}
    parts = {s.value.partition("#")[2] for s in subjects if s.value.startswith(claim.value)}
    assert parts >= {"annotation", "target", "quote", "position"}


def test_the_publication_info_has_publisher_license_and_dataset_and_no_time(
    dumped: dict[str, list[Quad]],
) -> None:
    for iri, quads in dumped.items():
        node = NamedNode(iri)
        info = {
            DCTERMS + "creator": NamedNode(f"{BASE}dataset#publisher"),
            DCTERMS + "license": NamedNode(LICENSE),
            DCTERMS + "isPartOf": IRIS.dataset,
        }
        found = {
            t.predicate.value: t.object for t in in_graph(quads, "pubinfo") if t.subject == node
        }
        assert info.items() <= found.items()
        times = {XSD + "dateTime", XSD + "date"}
        assert not [
            q for q in quads if isinstance(q.object, Literal) and q.object.datatype.value in times
        ]


def test_there_are_four_graphs_and_no_quad_outside(dumped: dict[str, list[Quad]]) -> None:
    for iri, quads in dumped.items():
        names = {str(q.graph_name)[1:-1] for q in quads}
        assert names == {f"{iri}#{name}" for name in GRAPHS}
        assert Triple(NamedNode(iri), RDF_TYPE, NamedNode(NP + "Nanopublication")) in in_graph(
            quads, "head"
        )


def test_the_engine_makes_the_same_as_the_dump(
    release: BuiltRelease, dumped: dict[str, list[Quad]]
) -> None:
    for quads in dumped.values():
        made = nanopub_quads(release.engine, claim_of(quads).value)
        assert len(made) == len(set(made))
        assert set(made) == set(quads)


@pytest.mark.parametrize(
    "path", [f"id/center/{SLUG}", f"claim/{CENTER}/C999", "graph/ror/00p991c53"]
)
def test_what_is_no_claim_is_no_nanopublication(path: str, release: BuiltRelease) -> None:
    assert nanopub_quads(release.engine, BASE + path) == ()


def test_a_claim_without_statements_is_no_nanopublication(release: BuiltRelease) -> None:
    rows = release.engine.select(
        f"SELECT ?c {{ ?c a <{BASE}ontology#SourceClaim> "
        "FILTER NOT EXISTS { GRAPH ?c { ?s ?p ?o } } }"
    ).texts()
    assert len(rows) == 4
    for (iri,) in rows:
        assert nanopub_quads(release.engine, iri) == ()


def test_the_packed_dump_is_the_dump(release: BuiltRelease) -> None:
    path = release.folder / "dumps" / "nanopubs.trig"
    assert gzip.decompress(path.with_name("nanopubs.trig.gz").read_bytes()) == path.read_bytes()


def test_the_hash_does_not_depend_on_the_order_and_holds_for_awkward_texts() -> None:
    claim, says = IRIS.claim("lake", "C001"), IRIS.term("says")
    source = IRIS.source("lake")
    quoted = [Triple(claim, NamedNode(PROV + "wasQuotedFrom"), source)]
    texts: list[Literal | NamedNode] = [
        *(Literal(text) for text in ("a\nb", "a\\nb", 'a "b"', " a", "")),
        Literal("湖", language="zh"),
        Literal("湖"),
        Literal("color", language="en-us"),
        Literal(12),
        Literal("0.5", datatype=NamedNode(XSD + "decimal")),
        IRIS.entity("center", "lake"),
    ]
    said = [Triple(claim, says, text) for text in texts]
    made = nanopub(claim, said, quoted, LICENSE, IRIS)
    assert nanopub(claim, said[::-1], quoted, LICENSE, IRIS) == made
    assert has_the_hash_of_its_iri(read(list(made)))
    fewer = nanopub(claim, said[1:], quoted, LICENSE, IRIS)
    assert fewer[0].graph_name != made[0].graph_name


def test_what_is_no_statement_of_names_is_refused() -> None:
    claim = IRIS.claim("lake", "C001")
    inner = Triple(claim, RDF_TYPE, claim)
    with pytest.raises(TypeError, match="no statement of IRIs and literals"):
        nanopub(claim, [Triple(claim, RDF_TYPE, inner)], [], LICENSE, IRIS)


# --- over a socket -------------------------------------------------------------------------


def fetched(address: str, **headers: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer, answer.read()


@pytest.mark.server
def test_every_claim_s_page_leads_to_its_nanopublication_and_that_is_valid(
    server: str, release: BuiltRelease, dumped: dict[str, list[Quad]]
) -> None:
    claims = claims_with_statements(release)
    for claim in claims:
        page = f"{server}/en/{claim.removeprefix(BASE)}"
        links, _body = fetched(page, Accept="text/html")
        fields = [f for f in links.headers.get_all("Link") if "/np/" in f]
        assert [re.findall(r'rel="(\w+)"; type="([^"]+)"', f)[0] for f in fields] == [
            ("item", "application/trig"),
            ("item", "application/n-quads"),
        ]
        address = fields[0].partition(">")[0].removeprefix("<").removesuffix(".trig")
        # The library reads it as it reads those of any server.
        made = library.Nanopub(source_uri=server + address)
        assert made.is_valid
        assert str(made.metadata.np_uri) == f"{BASE}{address.removeprefix('/')}"
        assert has_the_hash_of_its_iri(made)
        quads = dumped[str(made.metadata.np_uri)]
        assert claim_of(quads).value == claim
        for accept, format_ in (
            ("application/trig", RdfFormat.TRIG),
            ("application/n-quads", RdfFormat.N_QUADS),
        ):
            answer, body = fetched(server + address, Accept=accept)
            assert answer.headers["Content-Type"] == accept
            assert set(parse(body, format_)) == set(quads)
            head = answer.headers
            assert head["Content-Location"] == f"{address}.{format_.file_extension}"
            assert f'<{BASE}{address.removeprefix("/")}>; rel="cite-as"' in head.get_all("Link")
    print(f"{len(claims)} nanopublications fetched and valid")  # noqa: T201 - as above
    assert len(claims) == 78


def test_a_reader_of_pages_is_led_to_the_claim(
    client: FlaskClient, dumped: dict[str, list[Quad]]
) -> None:
    iri, quads = next(iter(dumped.items()))
    path = f"/{iri.removeprefix(BASE)}"
    claim = claim_of(quads).value.removeprefix(BASE)
    for headers in ({}, {"Accept": "text/html"}, {"Accept": "*/*"}):
        response = client.get(path, headers=headers)
        assert (response.status_code, response.location) == (303, f"/en/{claim}")
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert response.location == f"/zh/{claim}"
    assert {"Accept", "Accept-Language"} <= set(response.vary)
    page = client.get(response.location).text
    assert f'<a href="{path}.trig">TriG</a>' in page
    refused = client.get(path, headers={"Accept": "text/turtle, text/plain;q=0.1"})
    assert refused.status_code == 406
    for address in (f"{path}.trig", f"{path}.nq", f"/en/{claim}"):
        assert address in refused.text


def test_what_says_nothing_has_no_nanopublication(client: FlaskClient) -> None:
    code = "RA" + "A" * 43
    for path in (f"/np/{code}", f"/np/{code}.trig", "/np/none", f"/np/{code}/x"):
        assert client.get(path, headers={"Accept": "application/trig"}).status_code == 404
    page = client.get(f"/en/source/{SLUG}")
    assert not [f for f in page.headers.getlist("Link") if "/np/" in f]


def test_a_nanopublication_is_kept_by_clients(
    client: FlaskClient, dumped: dict[str, list[Quad]]
) -> None:
    path = f"/{next(iter(dumped)).removeprefix(BASE)}"
    for address, accept in ((path, "application/trig"), (f"{path}.nq", "*/*")):
        first = client.get(address, headers={"Accept": accept})
        again = {"Accept": accept, "If-None-Match": first.headers["ETag"]}
        assert client.get(address, headers=again).status_code == 304
        part = client.get(address, headers={"Accept": accept, "Range": "bytes=0-9"})
        assert (part.status_code, part.data) == (206, first.data[:10])
        head = client.head(address, headers={"Accept": accept})
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == first.headers["Content-Length"]
