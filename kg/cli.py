"""The command ``kg``: parse, call, print. What it does is in the rooms below."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar
from rich.status import Status

from kg.check.report import report_lines
from kg.check.verdict import check as check_dataset
from kg.config import CONFIG_FILE, EXAMPLE_BASE, read_config
from kg.errors import KgError, ReleaseError
from kg.init.instance import EXAMPLE_TITLE, make_instance
from kg.link.comparison import check_report, write_report
from kg.link.importing import IMPORTS, Imported, import_ror
from kg.link.linkers import linker, name_of
from kg.link.linking import accept_reviewed, lines, write_links
from kg.link.proposals import subjects_of_table
from kg.link.table_import import import_table
from kg.plain import plain
from kg.program import Program, find_program
from kg.query.embedded import EmbeddedEngine
from kg.query.results import TABLE_FORMATS, decode_query, render
from kg.release.build import build as build_release
from kg.release.folder import open_release
from kg.release.shelf import CURRENT
from kg.release.verify import damages
from kg.sources.dataset import find_sources, read_dataset
from kg.sources.ror_dump import Progress
from kg.sources.ror_rdf import REGISTRY
from kg.web.export.run import export as export_site
from kg.web.serve import serve as serve_site

RELEASES = "releases"
PROGRAM = "kg.program"
"""Where the context of a command keeps the program's files."""


def _say(text: str, *, err: bool = False) -> None:
    """Print a text; what comes from files and services cannot steer the terminal with it."""
    click.echo(plain(text), err=err)


def _root_option(*, of_command: bool) -> click.Option:
    """Return the option that names the project folder: before a command, or behind it."""

    def take(ctx: click.Context, _option: click.Parameter, root: Path | None) -> None:
        if root is not None:
            if isinstance(ctx.obj, Program):
                ctx.meta[PROGRAM] = ctx.obj
            ctx.obj = root

    return click.Option(
        ["--root"],
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        # What a command does with the folder comes after all its options were read.
        is_eager=True,
        callback=take,
        help="The project folder, with kg.toml in it; the current one if left out.",
        hidden=of_command,
    )


class _Group(click.Group):
    """Prints the user's mistakes as a sentence and exits 1; bugs keep their traceback.

    Each of its commands takes the project folder too.
    """

    group_class = type
    """Groups in it are of this class as well."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, with the option that every one has."""
        if not isinstance(cmd, click.Group):
            cmd.params.append(_root_option(of_command=True))
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KgError as error:
            _say(str(error), err=True)
            ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="research-center-kg")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Check, build, query and serve a knowledge graph of research centers."""
    # Whoever calls this from Python may bring another program's files.
    if PROGRAM not in ctx.meta:
        ctx.meta[PROGRAM] = ctx.obj if isinstance(ctx.obj, Program) else find_program()
    if not isinstance(ctx.obj, Path):
        ctx.obj = Path()


main.params.append(_root_option(of_command=False))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", default=EXAMPLE_BASE, help="What every IRI begins with; ends in '/'.")
@click.option("--title", default=EXAMPLE_TITLE, help="The title in English.")
def init(folder: Path, base: str, title: str) -> None:
    """Make a new or empty FOLDER an instance, with a made-up center to be replaced."""
    for name in make_instance(folder, base, title):
        _say(name)
    _say(f"next: read {folder / 'README.md'}, then kg --root {folder} build", err=True)


@main.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_context
def check(ctx: click.Context, path: Path | None) -> None:
    """Check the sources: is every statement backed, and does it fit the shapes?

    PATH is the project folder; the current one if left out. Exits 1 on violations.
    """
    root: Path = path or ctx.obj
    config = read_config(root / CONFIG_FILE)
    with _progress() as progress:
        progress("read sources")
        dataset = read_dataset(find_sources(root, config.base, ctx.meta[PROGRAM]))
        verdict = check_dataset(dataset, config.base, progress)
    for line in report_lines(verdict, root):
        _say(line)
    if not verdict.conforms:
        sys.exit(1)


@main.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder of all releases; 'releases' in the project folder if left out.",
)
@click.pass_context
def build(ctx: click.Context, out: Path | None) -> None:
    """Check the sources and publish them as a release; print its id."""
    root: Path = ctx.obj
    config = read_config(root / CONFIG_FILE)
    with _progress() as progress:
        out = out or root / RELEASES
        built = build_release(root, config, out, progress, ctx.meta[PROGRAM])
    if built.verdict:
        for line in report_lines(built.verdict, root):
            _say(line, err=True)
    elif built.changed:
        _say("built before; made current again", err=True)
    else:
        _say("nothing changed: the current release is of these sources", err=True)
    _say(built.id)


@main.command()
@click.argument("release", required=False)
@click.pass_obj
def verify(root: Path, release: str | None) -> None:
    """Look at every digest of the current release, or of RELEASE: an id, or a folder."""
    named = Path(release) if release else root / RELEASES / CURRENT
    folder = named if named.exists() or not release else root / RELEASES / release
    if not folder.is_dir():
        raise ReleaseError(
            f"{folder}: no such release; name an id of {root / RELEASES}, or a folder"
        )
    with _progress() as progress:
        found = [*damages(folder.resolve(), progress)]
    for damage in found:
        _say(f"{folder / damage.path}: {damage.what}")
    if found:
        count = len(found)
        _say(f"{count} damaged; kg build makes the release again from its sources", err=True)
        raise click.exceptions.Exit(1)
    _say(f"{folder.resolve().name}: every file is as it was written")


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(TABLE_FORMATS),
    default="table",
    help="How to print the result; ttl is for CONSTRUCT and DESCRIBE.",
)
@click.option("--release", type=click.Path(path_type=Path), help="A release folder.")
@click.pass_obj
def query(root: Path, file: BinaryIO, format_name: str, release: Path | None) -> None:
    """Ask the current release the SPARQL query in FILE; - reads it from standard input."""
    config = read_config(root / CONFIG_FILE)
    opened = open_release(release or root / RELEASES / CURRENT)
    engine = EmbeddedEngine(opened.store, opened.base)
    output = render(engine, decode_query(file.read()), format_name, config.limits)
    sys.stdout.buffer.write(output)


@main.command()
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="The port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Server processes.")
@click.option("--release", type=click.Path(path_type=Path), help="A release folder.")
@click.pass_obj
def serve(root: Path, host: str, port: int, workers: int, release: Path | None) -> None:
    """Serve the current release, or another one, over HTTP."""
    config = read_config(root / CONFIG_FILE)
    folder = release or root / RELEASES / CURRENT
    identifier = open_release(folder).id

    announce = partial(_say, f"serving release {identifier} at http://{host}:{port}")
    serve_site(folder, config, host=host, port=port, workers=workers, announce=announce)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--host", default="http://localhost", help="Scheme and host it will be served at.")
@click.option("--prefix", default="/", help="The path it will be served below.")
@click.option("--release", type=click.Path(path_type=Path), help="A release folder.")
@click.pass_obj
def export(root: Path, folder: Path, host: str, prefix: str, release: Path | None) -> None:
    """Write the whole site of the current release, or of another one, to FOLDER as files."""
    config = read_config(root / CONFIG_FILE)
    with _progress() as progress:
        source = release or root / RELEASES / CURRENT
        count = export_site(source, config, folder, host=host, prefix=prefix, progress=progress)
    _say(f"{count} files in {folder}; for nginx see {folder / '.export' / 'nginx'}")


@main.group(name="import")
def import_() -> None:
    """Read the dump of another registry."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder to write; 'imports/ror' in the project folder if left out.",
)
@click.option("--version", help="The release of ROR, where neither records nor file name say it.")
@click.pass_obj
def ror(root: Path, file: Path, out: Path | None, version: str | None) -> None:
    """Read a ROR dump: JSON, JSON lines or CSV, schema 1 or 2, gzip or zip.

    Writes the records as N-Quads, each in a graph of its own, and an index that 'kg link' reads.
    Records that cannot be read are told, left out, and make the command exit 1.
    """
    config = read_config(root / CONFIG_FILE)
    folder = out or root / IMPORTS / REGISTRY
    with _bytes_read(f"read {file.name}") as report:
        imported = import_ror(file, folder, config.base, version, report)
    for error in imported.errors:
        _say(str(error), err=True)
    if more := imported.left_out - len(imported.errors):
        _say(f"and {more:,} more records are left out", err=True)
    for line in _import_summary(imported):
        _say(line)
    if imported.errors:
        sys.exit(1)


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--map", "map_path", type=click.Path(path_type=Path), required=True, help="The map.")
@click.option("--out", type=click.Path(path_type=Path), help="The TriG file to write.")
@click.pass_obj
def table(root: Path, file: Path, map_path: Path, out: Path | None) -> None:
    """Read a CSV or XLSX table by a map that says what each column means.

    Every row becomes the record of a registry, in a graph of its own. A column that the map does
    not name, and a cell that does not fit, stop the reading.
    """
    out = out or root / IMPORTS / f"{file.stem}.trig"
    made = import_table(file, map_path, out, read_config(root / CONFIG_FILE).base)
    _say(f"{made.rows:,} rows read, {made.statements:,} statements are in {out}")
    _say(f"{made.indexed:,} of them have a name: kg link --registry {made.folder}")


@main.command()
@click.option(
    "--registry", type=click.Path(path_type=Path), help="An import; 'imports/ror' if left out."
)
@click.option("--service", help="Ask the reconciliation service at this address instead.")
@click.option("--parts", is_flag=True, help="A text of a table means the part that it names.")
@click.option("--type", "types", multiple=True, help="A type that the service has.")
@click.option(
    "--kind", "kinds", multiple=True, help="Things to link, as in their IRIs (institution), or all."
)
@click.option("--release", type=click.Path(path_type=Path), help="A release folder.")
@click.option(
    "--table", type=click.Path(path_type=Path), help="Link the texts of a CSV file instead."
)
@click.option("--column", default="affiliation", help="The column of the table.")
@click.option(
    "--reviewed", type=click.Path(path_type=Path), help="Accept the signed rows of this file."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where proposals go, as SSSOM TSV.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for the comparison: .md or .tsv.",
)
@click.option("--accept-above", type=click.FloatRange(0, 1), help="Accept scores from this on.")
@click.option(
    "--accepted", type=click.Path(path_type=Path, dir_okay=False), help="Where accepted links go."
)
@click.pass_obj
def link(  # noqa: PLR0913, PLR0917 - one argument per option
    root: Path,
    registry: Path | None,
    service: str | None,
    types: tuple[str, ...],
    parts: bool,
    kinds: tuple[str, ...],
    release: Path | None,
    table: Path | None,
    column: str,
    reviewed: Path | None,
    out: Path | None,
    report: Path | None,
    accept_above: float | None,
    accepted: Path | None,
) -> None:
    """Propose links to an imported registry, or to what a service has, for review.

    Nothing is accepted but what --accept-above says, or what a reviewer signed in the column
    reviewer_id and --reviewed reads back. Both go to the file that --accepted names.
    """
    wrong = (
        (
            accepted is None and (reviewed or accept_above is not None),
            "name the file for accepted links with --accepted",
        ),
        (types and not service, "--type is a type of the service that --service names"),
        (
            accepted and not reviewed and accept_above is None,
            "--accepted needs --accept-above or --reviewed",
        ),
        (
            parts and (service or not table),
            "--parts is for the texts of a --table and an imported registry",
        ),
        (report and table, "a report compares things of a release: leave out --table"),
    )
    for is_wrong, advice in wrong:
        if is_wrong:
            raise click.UsageError(advice)
    if report:
        check_report(report)
    base = read_config(root / CONFIG_FILE).base
    found_by = linker(registry or root / IMPORTS / REGISTRY, service, types, parts=parts)
    if reviewed and accepted:
        count = accept_reviewed(reviewed, base, found_by.destination, accepted)
        _say(f"{count:,} reviewed links are in {accepted}")
        return
    with _progress() as progress:
        if table:
            linked = found_by.of_texts(subjects_of_table(table, column), progress)
        else:
            opened = open_release(release or root / RELEASES / CURRENT)
            linked = found_by.of_release(opened, kinds or ("institution",), progress)
    for line in lines(linked):
        _say(line)
    if report:
        write_report(linked.comparisons, report, base, f"Links to {name_of(found_by)}")
        _say(f"the comparison is in {report}")
    out = out or root / IMPORTS / "proposals.sssom.tsv"
    count = write_links(linked, base, found_by.destination, out, accept_above, accepted)
    _say(
        f"the proposals are in {out}" + (f", {count:,} accepted in {accepted}" if accepted else "")
    )


def _import_summary(imported: Imported) -> Iterator[str]:
    kinds = {**imported.statuses, **imported.schemas}
    parts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    yield f"{imported.records:,} records read ({parts}), {imported.left_out:,} left out"
    yield f"{imported.quads:,} statements and the index are in {imported.folder}"


@contextmanager
def _bytes_read(title: str) -> Iterator[Callable[[Progress], None]]:
    """Show how much of a file is read: a bar on a terminal, a line per tenth to a pipe."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Bar(console=console) as bar:
            task = bar.add_task(escape(plain(title)))
            yield lambda at: bar.update(task, completed=at.done, total=at.total)
    else:
        told = set[int]()

        def tell(at: Progress) -> None:
            tenth = 10 * at.done // max(at.total, 1)
            if tenth not in told:
                told.add(tenth)
                _say(f"... {title}: {10 * tenth} %", err=True)

        yield tell


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show steps: one moving line on a terminal, plain lines to a pipe, on standard error."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Status("", console=console) as status:
            yield lambda step: status.update(escape(plain(step)))
    else:
        yield lambda step: _say(f"... {step}", err=True)
