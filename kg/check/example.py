"""Is the base still that of the example?"""

from collections.abc import Iterator
from pathlib import Path

from kg.check.finding import Finding, Severity
from kg.config import CONFIG_FILE, EXAMPLE_BASE


def check_base(root: Path, base: str) -> Iterator[Finding]:
    """Yield a note where the instance in ``root`` still has the base that ``kg init`` gives."""
    if base == EXAMPLE_BASE:
        yield Finding(
            Severity.INFO,
            root / CONFIG_FILE,
            None,
            f"base is the example's, {base}: nobody can look up an IRI that begins with it",
            "take a base that you keep, before others use your IRIs",
            "base",
            fix_zh="请在他人使用这些 IRI 之前，改用由您长期维护的 base",
        )
