"""``/{lang}/mappings``: the links to other registries, how each was made, and what is wrong.

``?registry=mesh&match=exactMatch&set=diseases&by=set&page=2`` narrows and groups them;
``/{lang}/mappings.csv`` has the same rows as CSV, ``/mappings/{set}.sssom.tsv`` is the file
that a set was read from.
"""

import csv
import io

from flask import Blueprint, Response, request, send_file, url_for

from kg.query.mappings import Mappings, Wanted
from kg.sources.sssom import file_of_set
from kg.web.addresses import own_address
from kg.web.cache import cacheable
from kg.web.doors import to_page
from kg.web.language import page_language
from kg.web.language import translate as _
from kg.web.mappings_address import Asked, address_of, read_asked
from kg.web.mappings_view import (
    Row,
    chips,
    choices,
    conflicts_of,
    grouped,
    groupings,
    rows_of,
    sets_of,
    unlinked_of,
)
from kg.web.pages import keep_page, render_page
from kg.web.problems import Problem, not_found
from kg.web.site import Site, current_site

blueprint = Blueprint("mappings", __name__)

ROWS = 40
HEADINGS = (
    *("subject", "subject_label", "match", "object", "object_label", "registry"),
    *("registry_version", "justification", "confidence", "made_by", "made_on"),
    *("reviewed_by", "reviewed_on", "source", "source_address", "comment", "set"),
)


@blueprint.get("/mappings")
def lead() -> Response:
    """Redirect to the page in the reader's language."""
    return to_page("mappings.page")


@blueprint.get("/<any(en, zh):lang>/mappings")
def page(lang: str) -> Response:
    """Show the mappings that the address asks for; without a choice conflicts and gaps too."""
    site = current_site()
    mappings = site.mappings
    asked = read_asked(mappings, request.args)
    total = mappings.count(asked.wanted)
    # Files are not narrowed by what follows their address: there the list is whole.
    rows = max(total, 1) if site.exported else ROWS
    pages = max(1, -(-total // rows))
    if asked.page > pages:
        links = [(_("The first page"), url_for("mappings.page", lang=lang))]
        raise Problem(404, _("The list has %(pages)s pages.", pages=pages), links)
    address = address_of(lang, asked)
    return keep_page(address, lambda: _page(site, mappings, asked, lang, (total, pages, rows)))


@blueprint.get("/<any(en, zh):lang>/mappings.csv", endpoint="table")
def page_as_csv(lang: str) -> Response:
    """Answer with the mappings that the address asks for as CSV."""
    site = current_site()
    mappings = site.mappings
    asked = read_asked(mappings, request.args)
    limit = site.config.limits.result_rows
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(str(_headings()[word]) for word in HEADINGS)
    rows = mappings.listed(asked.wanted, limit, by_set=asked.by == "set")
    for row in rows_of(site, rows, lang):
        writer.writerow(_cells(row))
    response = Response(text.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="mappings.csv"'
    response.headers["Content-Language"] = page_language()
    return cacheable(response)


@blueprint.get("/mappings/<path:name>.sssom.tsv")
def sssom(name: str) -> Response:
    """Send the SSSOM file that a set was read from."""
    site = current_site()
    path = file_of_set(name)
    digest = site.release.manifest.sources.get(path)
    if digest is None:
        raise not_found(f"mappings/{name}.sssom.tsv")
    return send_file(
        site.release.source_file(path),
        mimetype="text/tab-separated-values",
        etag=digest,
        last_modified=site.modified,
        conditional=True,
    )


def _page(
    site: Site, mappings: Mappings, asked: Asked, lang: str, size: tuple[int, int, int]
) -> str:
    total, pages, count = size
    listed = mappings.listed(
        asked.wanted, count, (asked.page - 1) * count, by_set=asked.by == "set"
    )
    # What is not of the rows alone is on the first page of all of them.
    whole = asked.wanted == Wanted() and asked.page == 1
    registries, matches = choices(mappings, asked, lang)
    address = address_of(lang, asked)
    return render_page(
        "mappings.html",
        lang=lang,
        path=address.removeprefix(own_address(f"{lang}/")),
        negotiated=own_address("mappings"),
        robots="" if whole else "noindex, follow",
        total=total,
        all=mappings.count(Wanted()),
        page=asked.page,
        pages=pages,
        previous=address_of(lang, asked, page=asked.page - 1) if asked.page > 1 else "",
        following=address_of(lang, asked, page=asked.page + 1) if asked.page < pages else "",
        unsigned=not any(m.authors or m.made_by or m.made_on for m in listed),
        groups=grouped(rows_of(site, listed, lang), asked.by),
        chips=chips(asked, lang),
        groupings=groupings(asked, lang),
        registries=registries,
        matches=matches,
        whole=whole,
        sets=sets_of(site, mappings, lang) if whole else (),
        conflicts=conflicts_of(site, lang) if whole else (),
        unlinked=unlinked_of(site, mappings, lang) if whole else (),
        csv_address=address_of(lang, asked, "mappings.table", by=None),
    )


def _headings() -> dict[str, str]:
    return {
        "subject": _("Thing"),
        "subject_label": _("Name"),
        "match": _("Match"),
        "object": _("Identifier there"),
        "object_label": _("Name there"),
        "registry": _("Registry"),
        "registry_version": _("Version of the registry"),
        "justification": _("How it was made"),
        "confidence": _("Confidence"),
        "made_by": _("Made by"),
        "made_on": _("Made on"),
        "reviewed_by": _("Reviewed by"),
        "reviewed_on": _("Reviewed on"),
        "source": _("Read from"),
        "source_address": _("Where to open it"),
        "comment": _("Remark"),
        "set": _("Mapping set"),
    }


def _cells(row: Row) -> tuple[str, ...]:
    m = row.mapping
    makers, reviewers = (
        "; ".join(name.text for name in names) for names in (row.makers, row.reviewers)
    )
    return (
        *(m.subject.value, row.subject.text, row.match, m.object.value, m.label, row.registry),
        *(m.registry_version, row.justification, m.confidence, makers, m.made_on),
        *(reviewers, m.reviewed_on, m.stored_source, " ".join(m.sources), m.comment),
        m.set.value if m.set else "",
    )
