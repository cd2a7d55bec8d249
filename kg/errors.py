"""The mistakes that a person can make and mend.

::

    KgError                 anything a person can mend; the CLI prints it and exits 1
    ├── InstallError        the program lacks files of its own, or has them twice
    ├── ConfigError         kg.toml does not say what it must
    ├── InstanceError       a folder cannot be made an instance
    ├── SourceError         one place in a source file is wrong
    ├── SourceErrors        several of them, found in one reading
    ├── CheckError          the sources were read, but the verdict is "no"
    ├── ReleaseError        a release cannot be written, found or opened
    │   └── BuildLocked     another build is at work on the same folder
    ├── ExportError         a site cannot be written as static files as it was asked
    ├── LinkError           links cannot be proposed as it was asked
    ├── ReconcileError      a query for reconciliation cannot be understood
    └── QueryError          a query cannot be answered as it was asked
        ├── QuerySyntaxError    not SPARQL: has a line and a column
        ├── QueryRefused        SPARQL, but not allowed here
        ├── FormatRefused       its answer has no form in the format that was asked for
        ├── StoreDamaged        the release's files are not what was written, or cannot be read
        ├── QueryOverLimit      it takes more than a query may take, or there is no place now
        │   └── TooManyQueries  this client has all the places that one client may have
        └── QueryAbandoned      whoever asked does not wait any more

Everything else that is raised is a bug of this package and keeps its traceback.
"""

from collections.abc import Iterable
from pathlib import Path


class KgError(Exception):
    """A mistake of the user: one sentence that says where, what and what next."""


class InstallError(KgError):
    """The program lacks files of its own, or has them twice."""


class ConfigError(KgError):
    """``kg.toml`` does not say what it must."""


class InstanceError(KgError):
    """A folder cannot be made an instance where and as it was asked for."""


class SourceError(KgError):
    """One place in a source file is wrong.

    ``line`` is 1-based, or None where the file as a whole is meant. ``what`` and ``fix``
    are clauses without a full stop.

    >>> print(SourceError("data/a.tsv", 3, "the offset 'x' is no number", "count code points"))
    data/a.tsv:3: the offset 'x' is no number; count code points
    """

    def __init__(self, path: Path | str, line: int | None, what: str, fix: str) -> None:
        self.path = Path(path)
        self.line = line
        self.what = what
        self.fix = fix
        place = f"{self.path}:{line}" if line is not None else f"{self.path}"
        super().__init__(f"{place}: {what}; {fix}")


class SourceErrors(KgError):
    """Every mistake found in one reading of the sources, in the order of the files."""

    def __init__(self, errors: Iterable[SourceError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class CheckError(KgError):
    """The shapes or the evidence check refuse the dataset."""


class ReleaseError(KgError):
    """A release cannot be written, found or opened."""


class BuildLocked(ReleaseError):
    """Another build is at work on the same folder."""


class ExportError(KgError):
    """A site cannot be written as static files where and as it was asked for."""


class LinkError(KgError):
    """Links cannot be proposed as it was asked."""


class ReconcileError(KgError):
    """A query for reconciliation cannot be understood."""


class QueryError(KgError):
    """A query cannot be answered as it was asked."""


class QuerySyntaxError(QueryError):
    """Not a SPARQL query.

    ``line`` and ``column`` are 1-based and count in the query as it was sent; None where
    the engine does not say.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        super().__init__(message)


class QueryRefused(QueryError):
    """A well-formed request for something that this endpoint does not do."""


class FormatRefused(QueryError):
    """An answer holds what the format that was asked for has no form for."""


class StoreDamaged(QueryError):
    """The files of the release are damaged or cannot be read: no mistake of whoever asks.

    The text is for the log: it names files of this machine.
    """


class QueryOverLimit(QueryError):
    """A query takes more time or memory than it may, or all places are taken.

    ``retry_after_s`` is when to try again, in whole seconds.
    """

    def __init__(self, message: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class TooManyQueries(QueryOverLimit):
    """A client has as many queries at work as one client may have."""


class QueryAbandoned(QueryError):
    """Whoever asked does not wait for the answer any more."""
