"""``/{lang}/api``: every route with a line for curl and what it answers now."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import LazyString
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response as Answer

from kg.formats import FORMATS
from kg.query.results import RESULTS_FORMATS
from kg.release.folder import DUMPS
from kg.sources.sssom import set_of_file
from kg.web.addresses import own_address, short_path
from kg.web.doors import to_page
from kg.web.pages import kept, render_page
from kg.web.route_table import AREAS, BY_RULE, LIMITS, PAGE
from kg.web.site import Site, current_site

blueprint = Blueprint("api", __name__)

SAMPLE_CHARACTERS = 280
SAMPLE_LINES = 6
REDIRECTS_FOLLOWED = 2
THING = "{thing}"
"""Stands in the fields of an example for the path of a thing's IRI."""
VARIABLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
"""A variable of a rule of Werkzeug, with its converter if it has one."""


@dataclass(frozen=True)
class Sample:
    """The beginning of an answer, after the redirects that were followed; its size in bytes."""

    passed: tuple[str, ...]
    status: str
    media_type: str
    text: str
    is_cut: bool
    bytes: int


@dataclass(frozen=True)
class Shown:
    """A route as the page shows it. ``sample`` is None for pages."""

    rule: str
    area: LazyString | None
    text: str
    methods: tuple[str, ...]
    curl: str
    address: str
    sample: Sample | None

    @property
    def opens(self) -> bool:
        """Whether there is something at the address of the example."""
        return self.sample is None or not self.sample.status.startswith("4")


@blueprint.get("/api")
def lead() -> Response:
    """Redirect to the page in the reader's language."""
    return to_page("api.page")


@blueprint.get("/<any(en, zh):lang>/api")
@kept
def page(lang: str) -> str:
    """List the routes by area, with examples, formats and limits."""
    site = current_site()
    routes = list(shown_routes(site, lang))
    limits = site.config.limits
    return render_page(
        "api.html",
        lang=lang,
        path="api",
        negotiated=own_address("api"),
        areas=[(str(area), [r for r in routes if r.area is area]) for area in AREAS],
        formats=FORMATS,
        results=RESULTS_FORMATS,
        limits=[(str(text), f"{getattr(limits, name):,}") for name, text in LIMITS.items()],
    )


def public_rules() -> list[Rule]:
    """Return the rules that answer visitors: all but those of static files."""
    rules = (rule for rule in current_app.url_map.iter_rules() if rule.endpoint != "static")
    return sorted(rules, key=lambda rule: rule.rule)


def shown_routes(site: Site, lang: str) -> Iterator[Shown]:
    """Yield every public route with an example from the release."""
    samples = sample_values(site, lang)
    order = list(BY_RULE)
    rules = sorted(public_rules(), key=lambda r: order.index(r.rule) if r.rule in order else -1)
    for rule in rules:
        route = BY_RULE.get(rule.rule)
        values = {name: samples[rule.rule, name] for name in sorted(rule.arguments)}
        query: dict[str, Any] = {
            name: value.replace(THING, samples.thing)
            for name, value in (route.query if route else {}).items()
        }
        address = url_for(rule.endpoint, **values, **query)
        accept = route.accept if route else ""
        url = request.host_url.rstrip("/") + address
        header = f"-H {shlex.quote(f'Accept: {accept}')} " if accept else ""
        # A page shows itself; this one would also ask itself without end.
        is_page = route is not None and rule.rule.startswith(f"/{PAGE}") and not accept
        own = rule.endpoint.startswith("api.")
        yield Shown(
            rule=readable(rule.rule),
            area=route.area if route else AREAS[-1],
            text=str(route.text) if route else "",
            methods=tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            curl=f"curl -sL {header}{shlex.quote(url)}",
            address=address,
            sample=None
            if own or (is_page and not {"ext", "name"} & rule.arguments)
            else fetch(address, accept),
        )


def readable(rule: str) -> str:
    """Return a rule with its variables in braces, as RFC 6570 has them.

    >>> readable("/<any(en, zh):lang>/browse/<kind>.<any(csv):ext>")
    '/{lang}/browse/{kind}.{ext}'
    """
    return VARIABLE.sub(r"{\1}", rule)


class SampleValues:
    """Values for the variables of rules, from things that the release has."""

    def __init__(self, site: Site, lang: str) -> None:
        self._lang = lang
        self._site = site
        paths = site.addresses
        self._things = [p for p in paths if p.startswith("id/")]
        self._claims = [p for p in paths if p.startswith("claim/")]
        centers = [p for p in self._things if p.startswith("id/center/")]
        self._thing = (centers or self._things or ["id/center/none"])[0]
        self._codes = [p for p in paths if p.startswith("code/") and p.count("/") > 1]
        self._texts = [p for p in paths if p.startswith("source/") and p.count("/") > 1]
        self._sets = [p for p in site.release.manifest.sources if p.endswith(".sssom.tsv")]

    def __getitem__(self, key: tuple[str, str]) -> Any:  # noqa: ANN401 - a value of an address
        rule, name = key
        short = short_path(self._thing)
        claim = (self._claims or ["claim/none/C001"])[0].split("/")
        code = (self._codes or ["code/none/none"])[0].split("/")
        usual = {
            "lang": self._lang,
            "kind": short.partition("/")[0],
            "slug": short.rpartition("/")[2],
            "path": short,
            "file": f"{short}.ttl",
            "center": claim[1],
            "claim": claim[2],
            "scheme": code[1],
            "concept": code[2],
            "identifier": self._site.release.id,
            "number": 1,
            "code": next(iter(self._site.nanopubs), "none"),
            "ext": "csv",
            "extension": "bib" if rule.startswith("/cite/") else "json",
            "name": "codes",
            "what": "type",
        }
        special: dict[str, Any] = {
            "/data/releases": "ttl",
            "/dumps/": self._dump(),
            "/releases/": self._dump(),
            "/np/": "trig",
            "/search-index/": "index.json",
            "/mappings/": set_of_file((self._sets or ["data/mappings/none.sssom.tsv"])[0]),
            "/validation/": "report.ttl",
        }
        if "/source/" in rule and self._texts:
            usual |= dict(zip(("center", "name"), self._texts[0].split("/")[1:], strict=True))
        if name in {"name", "extension"}:
            for start, value in special.items():
                if rule.startswith(start):
                    return value
        return usual[name]

    @property
    def thing(self) -> str:
        """The path of the IRI of a thing."""
        return self._thing

    def _dump(self) -> str:
        files = self._site.release.manifest.files
        dumps = [path for path in files if path.startswith(f"{DUMPS}/") and path.endswith(".nt")]
        smallest = min(dumps, key=lambda path: files[path].bytes, default=f"{DUMPS}/none.nt")
        return smallest.removeprefix(f"{DUMPS}/")


def sample_values(site: Site, lang: str) -> SampleValues:
    """Return what gives a value for a rule and the name of a variable in it."""
    return SampleValues(site, lang)


def fetch(address: str, accept: str) -> Sample:
    """Ask the application itself, as a client would, and return how the answer begins."""
    passed: list[str] = []
    answer, location, body, size = _answer(address, accept)
    # Who takes anything is led to a page, which is for browsers.
    while accept and location.startswith("/") and len(passed) < REDIRECTS_FOLLOWED:
        passed.append(f"{answer.status_code} → {location}")
        answer, location, body, size = _answer(location, accept)
    whole = body.decode("utf-8", "replace")
    text = "\n".join(whole[:SAMPLE_CHARACTERS].split("\n")[:SAMPLE_LINES]).rstrip()
    return Sample(
        passed=tuple(passed),
        status=f"{answer.status} → {location}" if location else answer.status,
        media_type=answer.headers.get("Content-Type", ""),
        # The text of a page is for browsers.
        text="" if answer.mimetype == "text/html" else text,
        is_cut=size > len(body) or text != whole.rstrip(),
        bytes=size,
    )


def _answer(address: str, accept: str) -> tuple[Answer, str, bytes, int]:
    """Return an answer, where it leads, its first bytes, and its length."""
    builder = EnvironBuilder(
        path="/" + address.removeprefix(own_address("")),
        base_url=request.url_root,
        headers=[("Accept", accept or "*/*")],
        environ_base={"REMOTE_ADDR": request.remote_addr or ""},
    )
    answer = Answer.from_app(current_app.wsgi_app, builder.get_environ(), buffered=False)
    try:
        body, size = _body(answer)
    finally:
        answer.close()
    return answer, answer.headers.get("Location", ""), body, size


def _body(answer: Answer) -> tuple[bytes, int]:
    """Return the first bytes of an answer and its length. A file may be sent by its name."""
    file = answer.headers.get("X-Sendfile")
    most = 4 * SAMPLE_CHARACTERS + 4
    if file:
        path = Path(file)
        with path.open("rb") as opened:
            return opened.read(most), path.stat().st_size
    data = answer.get_data()
    return data[:most], len(data)
