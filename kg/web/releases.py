"""``/releases``: the release that is served, and those that lie beside it."""

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request, url_for
from pyoxigraph import Literal, NamedNode, Quad

from kg.formats import BY_EXTENSION, file_content_type
from kg.query.results import write_graph
from kg.release.crate import CRATE_FILE, CRATE_PROFILE
from kg.release.folder import DUMPS
from kg.release.manifest import FileEntry, Manifest
from kg.release.shelf import releases_beside
from kg.vocab import DCAT, DCTERMS, PROV, RDF_TYPE, VOID, XSD, Iris
from kg.web.addresses import data_address, own_address
from kg.web.cache import validated
from kg.web.files import send_from_release
from kg.web.links import Link, add_links
from kg.web.negotiate import DEFAULT_LANGUAGE, LANGUAGES
from kg.web.pages import negotiated_page, render_page
from kg.web.problems import not_found
from kg.web.representations import choose_representation, describe_choice
from kg.web.site import Site, current_site

blueprint = Blueprint("releases", __name__)


def files_of(manifest: Manifest) -> dict[str, FileEntry]:
    """Return the dumps of a release that hold everything, by file name."""
    prefix = f"{DUMPS}/"
    return {
        path.removeprefix(prefix): entry
        for path, entry in sorted(manifest.files.items())
        if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
    }


@blueprint.get("/releases")
@blueprint.get("/releases/<identifier>")
def release(identifier: str = "") -> Response:
    """Redirect to the page or the data of the releases, or of one of them."""
    path = _path(identifier)
    _manifests(current_site(), identifier)
    chosen = choose_representation(path)
    response: Response = redirect(chosen.address, 303, Response)  # type: ignore[assignment]  # as above
    describe_choice(response, path, chosen.profile)
    return response


@blueprint.get("/<any(en, zh):lang>/releases")
@blueprint.get("/<any(en, zh):lang>/releases/<identifier>")
def release_page(lang: str, identifier: str = "") -> Response:
    """Show the releases that are here, or the files of one of them."""
    site = current_site()
    manifests = _manifests(site, identifier)
    negotiated_page(())
    path = _path(identifier)
    html = render_page(
        "releases.html",
        lang=lang,
        path=path,
        negotiated=own_address(path),
        identifier=identifier,
        iri_path=path,
        releases=list(manifests.values()),
        files=files_of(manifests[identifier]) if identifier else {},
        served=identifier == site.release.id,
        data_links=[(f, data_address(path, f.extension)) for f in BY_EXTENSION.values()],
    )
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = lang
    response.vary.add("Accept")
    return validated(response)


@blueprint.get("/data/releases.<extension>")
@blueprint.get("/data/releases/<identifier>.<extension>")
def release_data(extension: str, identifier: str = "") -> Response:
    """Answer with what is known of the releases, or of one of them."""
    site = current_site()
    path = _path(identifier)
    manifests = _manifests(site, identifier)
    if extension not in BY_EXTENSION:
        raise not_found(request.path[1:])
    format_ = BY_EXTENSION[extension]
    node = NamedNode(site.base + path)
    quads = [quad for manifest in manifests.values() for quad in _quads(site, manifest)]
    body = write_graph(tuple(quads), format_, site.base, site.release.context, first=node.value)
    response = Response(body, content_type=format_.content_type)
    pages = [
        url_for(".release_page", lang=lang, identifier=identifier or None) for lang in LANGUAGES
    ]
    add_links(response, [Link("describes", node.value), *(Link("describes", p) for p in pages)])
    return validated(response)


@blueprint.get("/releases/<identifier>/dumps/<path:name>")
def release_dump(identifier: str, name: str) -> Response:
    """Send a dump of a release that lies here, be it served now or not."""
    response = _file(identifier, f"{DUMPS}/{name}", file_content_type(name))
    page = url_for(".release_page", lang=DEFAULT_LANGUAGE, identifier=identifier)
    add_links(response, [Link("collection", page, type="text/html")])
    return response


@blueprint.get(f"/releases/<identifier>/{CRATE_FILE}")
def release_crate(identifier: str) -> Response:
    """Send what a release says of itself as a research object (RO-Crate 1.2)."""
    kind = f'{BY_EXTENSION["jsonld"].media_type}; profile="{CRATE_PROFILE}"'
    return _file(identifier, CRATE_FILE, kind)


def _file(identifier: str, path: str, kind: str) -> Response:
    site = current_site()
    [manifest] = _manifests(site, identifier).values()
    served = manifest.id == site.release.id
    folder = site.release.folder if served else site.release.folder.parent / manifest.id
    return send_from_release(folder, manifest, path, kind)


def _path(identifier: str) -> str:
    return f"releases/{identifier}" if identifier else "releases"


def _manifests(site: Site, identifier: str) -> Mapping[str, Manifest]:
    """Return the releases that are here, newest first, or the one that is asked for."""
    # A static site is of one release, whatever lies beside it.
    others = () if site.exported else releases_beside(site.release.folder)
    found = {m.id: m for m in others}
    found.setdefault(site.release.id, site.release.manifest)
    if not identifier:
        return found
    if identifier not in found:
        raise not_found(_path(identifier))
    return {identifier: found[identifier]}


def _quads(site: Site, manifest: Manifest) -> list[Quad]:
    """Return a release as a version of the dataset (DCAT 3, 11)."""
    dataset = Iris(site.base).dataset
    node = NamedNode(f"{site.base}releases/{manifest.id}")
    time = Literal(manifest.built_at, datatype=NamedNode(XSD + "dateTime"))
    said: list[tuple[NamedNode, str, NamedNode | Literal]] = [
        (dataset, DCAT + "hasVersion", node),
        (node, RDF_TYPE.value, NamedNode(DCAT + "Dataset")),
        (node, RDF_TYPE.value, NamedNode(PROV + "Entity")),
        (node, DCAT + "isVersionOf", dataset),
        (node, DCAT + "version", Literal(manifest.id)),
        (node, DCTERMS + "issued", time),
        (node, PROV + "generatedAtTime", time),
        (node, DCTERMS + "license", NamedNode(manifest.build_keys.get("license", site.license))),
        (node, DCTERMS + "publisher", NamedNode(f"{dataset.value}#publisher")),
        (node, VOID + "triples", Literal(manifest.counts["triples"])),
    ]
    for language in LANGUAGES:
        title = manifest.build_keys.get(f"title.{language}")
        if title:
            said.append((node, DCTERMS + "title", Literal(title, language=language)))
    if manifest.id == site.release.id:
        files = (f"{dataset.value}#{name}" for name in files_of(manifest))
        said += [(node, DCAT + "distribution", NamedNode(file)) for file in files]
    else:
        for name, entry in files_of(manifest).items():
            file = NamedNode(f"{node.value}/{DUMPS}/{name}")
            said += [
                (node, DCAT + "distribution", file),
                (file, RDF_TYPE.value, NamedNode(DCAT + "Distribution")),
                (file, DCAT + "downloadURL", file),
                (file, DCAT + "accessURL", file),
                (file, DCAT + "byteSize", Literal(entry.bytes)),
            ]
    return [Quad(s, NamedNode(p), o) for s, p, o in said]
