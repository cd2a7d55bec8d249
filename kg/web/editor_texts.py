"""The texts that the editor's script shows, in the language of the page.

They travel in the page as JSON: a script has no catalog of its own. ``{names}`` are filled
in by the script.
"""

from flask_babel import ngettext

from kg.web.language import translate as _

BLANKS = {"rows": "{rows}", "time": "{time}"}


def editor_texts() -> dict[str, str | list[str]]:
    """Return the texts by name; those that depend on a number are singular and plural."""
    return {
        **_of_running(),
        **_of_answers(),
        **_of_completion(),
        "query": _("Query"),
        "editorHelp": _("Tab leaves the editor. Ctrl+Enter runs the query."),
        "addPrefix": _("Add PREFIX {name}"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "noHistory": _("No query was run yet."),
        "untitled": _("Query without a title"),
    }


def offline_texts() -> dict[str, str | list[str]]:
    """Return the texts that only the page has where the browser answers, and those it has anew."""
    return {
        "loadFirst": _("Load the data first; then the query runs."),
        "loading": _("Loading …"),
        "ready": _("The data are loaded: {number} statements. Queries run in this browser."),
        "cannotLoad": _("The data cannot be loaded. Try again."),
        "failed": _("No answer: the program ended. Load the data again."),
    }


def _of_running() -> dict[str, str | list[str]]:
    return {
        "running": _("Running …"),
        "stopped": _("Stopped."),
        "failed": _("No answer: the server cannot be reached. Try again."),
        "wait": _("Try again in {seconds} s."),
        "seconds": _("{number} s"),
        "rows": _rows(),
        "triples": _triples(),
        "answered": _("Answered in {time}"),
    }


def _of_answers() -> dict[str, str | list[str]]:
    return {
        "table": _("Table"),
        "chart": _("Chart"),
        "graph": _("Graph"),
        "raw": _("Raw"),
        "true": _("Yes (true)"),
        "false": _("No (false)"),
        "empty": _("No rows: nothing matches the query."),
        "noTriples": _("No triples: nothing matches the query."),
        "firstRows": _("The first {shown} of {all} rows; the exports hold all."),
        "cut": _(
            "Only the first {limit} rows: the server stops there. "
            "Add LIMIT and OFFSET, or narrow the query."
        ),
        "cutGraph": _("Only the first {limit} triples: the server stops there. Narrow the query."),
        "subject": _("Subject"),
        "predicate": _("Predicate"),
        "object": _("Object"),
        "firstBars": _("The first {shown} of {all} rows as bars."),
        "chartName": _("{number} by {label}"),
        "number": _("Number"),
        "graphName": _("Graph of {nodes} things and {edges} links between them"),
        "fewNodes": _("The {shown} of {all} things that have the most links."),
        "links": _("Links"),
        "noLinks": _("These triples link no things to each other; see the table."),
        "rawCut": _("The first {shown} of {all} characters; the exports hold all."),
    }


def _of_completion() -> dict[str, str | list[str]]:
    return {
        "prefix": _("prefix"),
        "class": _("class"),
        "property": _("property"),
        "entity": _("thing"),
        "keyword": _("keyword"),
        "variable": _("variable"),
        "declares": _("adds the PREFIX line"),
        "completions": _("Suggestions"),
    }


def _rows() -> list[str]:
    return [
        ngettext("%(rows)s row in %(time)s", "%(rows)s rows in %(time)s", number, **BLANKS)
        for number in (1, 2)
    ]


def _triples() -> list[str]:
    return [
        ngettext("%(rows)s triple in %(time)s", "%(rows)s triples in %(time)s", number, **BLANKS)
        for number in (1, 2)
    ]
