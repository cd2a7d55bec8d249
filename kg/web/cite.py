"""``/cite/...``: how to cite the dataset, a center or another entity."""

from flask import Blueprint, Response

from kg.web.addresses import iri_path
from kg.web.cache import cacheable
from kg.web.citations import CITATION_FORMATS, citation, is_citable
from kg.web.data import is_known
from kg.web.language import page_language
from kg.web.negotiate import LANGUAGES
from kg.web.problems import not_found
from kg.web.site import current_site

blueprint = Blueprint("cite", __name__)


@blueprint.get("/cite/<path:path>.<any(bib, json, ris):extension>")
def cite(path: str, extension: str) -> Response:
    """Answer with the citation of a thing, in a language where the thing has a name in it.

    The language is the first segment of ``path``, else what the reader prefers.
    """
    site = current_site()
    first, _slash, rest = path.partition("/")
    lang = first if first in LANGUAGES else ""
    target = iri_path(rest if lang else path)
    if not is_citable(target) or not is_known(site, target):
        raise not_found(target)
    cited = citation(site, target, lang or page_language())
    format_ = next(f for f in CITATION_FORMATS if f.extension == extension)
    # JSON is UTF-8 without saying so (RFC 8259, 8.1).
    charset = "" if extension == "json" else "; charset=utf-8"
    body = format_.write(cited).encode()
    response = Response(body, content_type=f"{format_.media_type}{charset}")
    response.headers["Content-Language"] = cited.lang
    if not lang:
        response.vary.add("Accept-Language")
    return cacheable(response)
