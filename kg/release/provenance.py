"""The build in PROV-O: what made a release, with what and from what.

The build is one activity. It used every source file, each with the SHA-256 that the manifest
gives too, and was associated with the programs that did it, in their versions.
"""

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from kg.config import Bilingual, Config
from kg.release.dcat import checksum_statements
from kg.release.statement import Statement, part_of, say, texts
from kg.vocab import FOAF, PROV, RDF_TYPE, RDFS, SCHEMA, XSD, Iris

TYPE = RDF_TYPE.value
PUBLISHER = "research-center-kg"
"""The program that acts on behalf of the publisher; the others are what it is made with."""


def build_statements(
    config: Config,
    identifier: str,
    built_at: str,
    sources: Mapping[str, str],
    software: Mapping[str, str],
) -> Iterator[Statement]:
    """Yield the activity, its agents and what it used.

    ``sources`` maps paths to SHA-256 in hex, ``software`` names to versions.
    """
    iris = Iris(config.base)
    build = part_of(iris.dataset, "build")
    time = Literal(built_at, datatype=NamedNode(XSD + "dateTime"))
    label = Bilingual(f"Build of the release {identifier}", f"发布版本 {identifier} 的构建")
    yield from say(iris.dataset, PROV + "wasGeneratedBy", build)
    yield from say(iris.dataset, PROV + "generatedAtTime", time)
    yield from say(build, TYPE, NamedNode(PROV + "Activity"))
    yield from say(build, RDFS + "label", *texts(label))
    yield from say(build, PROV + "startedAtTime", time)
    for name, version in software.items():
        agent = part_of(iris.dataset, f"software/{name}")
        yield from say(build, PROV + "wasAssociatedWith", agent)
        yield from say(agent, TYPE, NamedNode(PROV + "SoftwareAgent"))
        yield from say(agent, FOAF + "name", Literal(name))
        yield from say(agent, SCHEMA + "softwareVersion", Literal(version))
        if name == PUBLISHER:
            publisher = part_of(iris.dataset, "publisher")
            yield from say(agent, PROV + "actedOnBehalfOf", publisher)
            yield from say(publisher, TYPE, NamedNode(PROV + "Agent"))
    for path, sha256 in sources.items():
        node = part_of(iris.dataset, f"source-file/{path}")
        yield from say(build, PROV + "used", node)
        yield from say(node, TYPE, NamedNode(PROV + "Entity"))
        yield from say(node, RDFS + "label", Literal(path))
        yield from checksum_statements(node, sha256)
