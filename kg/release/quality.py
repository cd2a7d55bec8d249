"""How good the release is, in figures: the Data Quality Vocabulary (DQV).

Two kinds of figures: what the check of the sources counted (``reports/verdict.json`` says the
same), for a release that was checked; and what can be counted in any release. Each metric
says what it counts. Those of a center are computed on the center's part of the dataset.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.finding import Severity
from kg.check.verdict import Verdict
from kg.config import Bilingual
from kg.release.linksets import linksets
from kg.release.statement import Statement, part_of, say, texts
from kg.vocab import DQV, LDQD, PREF_LABEL, RDF_TYPE, SKOS, XSD, Iris

TYPE = RDF_TYPE.value


@dataclass(frozen=True)
class Metric:
    """What is measured. ``datatype`` is a name of XML Schema, ``dimension`` one of LDQD."""

    name: str
    label: Bilingual
    definition: Bilingual
    datatype: str
    dimension: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "text-coverage",
            Bilingual("coverage of the text", "原文覆盖率"),
            Bilingual(
                "Share of the letters and digits of the text that stand in a claim, in percent.",
                "原文的字母和数字中见于原文片段者所占的百分比。",
            ),
            "decimal",
            "completeness",
        ),
        Metric(
            "text-characters",
            Bilingual("letters and digits", "字母和数字数"),
            Bilingual("Letters and digits of the text.", "原文的字母和数字总数。"),
            "integer",
            "completeness",
        ),
        Metric(
            "text-characters-left-out",
            Bilingual("letters and digits left out", "排除的字母和数字数"),
            Bilingual(
                "Letters and digits that stand in no claim and are listed as left out with a reason.",
                "不见于任何原文片段、并已注明理由列为排除的字母和数字。",
            ),
            "integer",
            "completeness",
        ),
        Metric(
            "claims",
            Bilingual("claims", "原文片段数"),
            Bilingual("Claims that the text was split into.", "原文所分成的片段数。"),
            "integer",
            "completeness",
        ),
        Metric(
            "claims-with-statements",
            Bilingual("claims with statements", "带有陈述的原文片段数"),
            Bilingual(
                "Claims whose graphs hold statements; the others say why they have none.",
                "其图中含有陈述的原文片段；其余片段均注明没有陈述的理由。",
            ),
            "integer",
            "completeness",
        ),
        Metric(
            "statements-with-quote",
            Bilingual("statements with a quote", "附有引文的陈述数"),
            Bilingual(
                "Statements in the graphs of claims, counted once for each claim that makes them.",
                "各原文片段图中的陈述数；同一陈述由几个片段作出即计几次。",
            ),
            "integer",
            "completeness",
        ),
        Metric(
            "shapes",
            Bilingual("shapes", "形状约束数"),
            Bilingual(
                "Node and property shapes that the sources were checked against.",
                "检查来源时所用的节点形状和属性形状数。",
            ),
            "integer",
            "consistency",
        ),
        Metric(
            "violations",
            Bilingual("violations", "违规数"),
            Bilingual(
                "Violations that the check found; with any of them nothing is published.",
                "检查所发现的违规数；只要有一项，就不会发布。",
            ),
            "integer",
            "consistency",
        ),
        Metric(
            "warnings",
            Bilingual("warnings", "警告数"),
            Bilingual("Warnings that the check gave.", "检查所给出的警告数。"),
            "integer",
            "consistency",
        ),
        Metric(
            "notes",
            Bilingual("notes", "提示数"),
            Bilingual("Notes that the check gave.", "检查所给出的提示数。"),
            "integer",
            "consistency",
        ),
        Metric(
            "links",
            Bilingual("links to registries", "与登记系统的链接数"),
            Bilingual(
                "Links of the mapping sets to identifiers elsewhere.",
                "映射集中指向外部标识符的链接数。",
            ),
            "integer",
            "interlinking",
        ),
        Metric(
            "things-linked",
            Bilingual("things with a link", "有链接的事物数"),
            Bilingual(
                "Things that a mapping set links to an identifier elsewhere.",
                "由映射集链接到外部标识符的事物数。",
            ),
            "integer",
            "interlinking",
        ),
        Metric(
            "things",
            Bilingual("things", "事物数"),
            Bilingual(
                "Things with an IRI of a kind, that anything is said about.",
                "具有某一种类的 IRI、且有陈述的事物数。",
            ),
            "integer",
            "completeness",
        ),
        Metric(
            "things-named-in-english",
            Bilingual("things named in English", "有英文名称的事物数"),
            Bilingual("Things that have a name in English.", "有英文名称的事物数。"),
            "integer",
            "completeness",
        ),
        Metric(
            "things-named-in-chinese",
            Bilingual("things named in Chinese", "有中文名称的事物数"),
            Bilingual("Things that have a name in Chinese.", "有中文名称的事物数。"),
            "integer",
            "completeness",
        ),
    )
}


def quality_statements(
    quads: Collection[Quad], verdict: Verdict | None, iris: Iris
) -> Iterator[Statement]:
    """Yield the measurements and the metrics that they are of."""
    measured = list(_measured(quads, verdict, iris))
    for name in dict.fromkeys(name for _node, name, _value in measured):
        yield from _metric(METRICS[name], iris)
    for dataset, name, value in measured:
        separator = "/" if "#" in dataset.value else "#"
        node = NamedNode(f"{dataset.value}{separator}quality/{name}")
        metric = METRICS[name]
        text = format(Decimal(str(value)).normalize(), "f")
        literal = Literal(text, datatype=NamedNode(XSD + metric.datatype))
        yield from say(dataset, DQV + "hasQualityMeasurement", node)
        yield from say(node, TYPE, NamedNode(DQV + "QualityMeasurement"))
        yield from say(node, DQV + "computedOn", dataset)
        yield from say(node, DQV + "isMeasurementOf", _metric_node(metric, iris))
        yield from say(node, DQV + "value", literal)


def _metric_node(metric: Metric, iris: Iris) -> NamedNode:
    return part_of(iris.dataset, f"metric/{metric.name}")


def _metric(metric: Metric, iris: Iris) -> Iterator[Statement]:
    node = _metric_node(metric, iris)
    yield from say(node, TYPE, NamedNode(DQV + "Metric"))
    yield from say(node, SKOS + "prefLabel", *texts(metric.label))
    yield from say(node, SKOS + "definition", *texts(metric.definition))
    yield from say(node, DQV + "expectedDataType", NamedNode(XSD + metric.datatype))
    yield from say(node, DQV + "inDimension", NamedNode(LDQD + metric.dimension))


def _measured(
    quads: Collection[Quad], verdict: Verdict | None, iris: Iris
) -> Iterator[tuple[NamedNode, str, int | float]]:
    """Yield what was measured: on what, which metric, the value."""
    if verdict is not None:
        yield iris.dataset, "shapes", verdict.shapes
        yield iris.dataset, "violations", verdict.count(Severity.VIOLATION)
        yield iris.dataset, "warnings", verdict.count(Severity.WARNING)
        yield iris.dataset, "notes", verdict.count(Severity.INFO)
        for profile in verdict.profiles:
            part, covered = part_of(iris.dataset, f"center/{profile.slug}"), profile.coverage
            yield part, "text-coverage", round(covered.percent, 2)
            yield part, "text-characters", covered.characters
            yield part, "text-characters-left-out", covered.in_uncovered
            yield part, "claims", profile.claims
            yield part, "claims-with-statements", profile.claims_with_statements
            yield part, "statements-with-quote", profile.statements
    links = {link for found in linksets(quads, iris).values() for link in found}
    yield iris.dataset, "links", len(links)
    start = f"{iris.base}id/"
    linked = {subject for subject, _object in links if subject.value.startswith(start)}
    yield iris.dataset, "things-linked", len(linked)
    things = {
        q.subject
        for q in quads
        if isinstance(q.subject, NamedNode) and q.subject.value.startswith(start)
    }
    yield iris.dataset, "things", len(things)
    for language, name in (("en", "english"), ("zh", "chinese")):
        named = {
            q.subject
            for q in quads
            if q.predicate == PREF_LABEL
            and isinstance(q.object, Literal)
            and q.object.language == language
        }
        yield iris.dataset, f"things-named-in-{name}", len(named & things)
