"""SERVICE, for the hosts that ``kg.toml`` allows: bounded in time, in size and in calls.

Oxigraph asks a service itself, without a limit. So the query is given the address of a
gateway in its own process, on loopback, in place of the service's name; the gateway asks
the service that was meant, and stops where the answer takes too long or is too large.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.errors import QueryRefused
from kg.guard import Token, all_tokens, refuse_forbidden, service_names, silent_names
from kg.query.gateway import Gateway, host_allowed


@dataclass(frozen=True)
class Federated:
    """A query whose services are named by gateway addresses.

    ``place_in_original`` maps a place in ``text`` to the place in the query as it was sent.
    """

    text: str
    spans: Sequence[tuple[int, int, int]]

    def place_in_original(self, offset: int) -> int:
        """Return the code point of the original that stands at ``offset`` of ``text``."""
        shift = 0
        for start, end, length in self.spans:
            begin = start + shift
            if offset < begin:
                break
            if offset < begin + length:
                return start
            shift += length - (end - start)
        return offset - shift


def through_gateway(
    text: str, gateway: Gateway, resolve: Callable[[list[Token], str], Sequence[str]]
) -> Federated:
    """Return the query with each allowed service named by its gateway address.

    ``resolve`` returns the IRIs that tokens stand for, under the prologue of the query.
    Raises QueryRefused for a service that is not allowed.
    """
    _refuse_the_word_elsewhere(text)
    gateway.begin()
    names = service_names(text)
    silent = silent_names(text)
    services = resolve(names, text)
    for name, service in zip(names, services, strict=True):
        if not host_allowed(service, gateway.hosts):
            allowed = ", ".join(gateway.hosts)
            raise QueryRefused(
                f"SERVICE {name.text} is not allowed; this endpoint asks these hosts: {allowed}"
            )
    spans = []
    parts = []
    end = 0
    for name, service in zip(names, services, strict=True):
        address = f"<{gateway.address(service, silent=name.start in silent)}>"
        parts += [text[end : name.start], address]
        spans.append((name.start, name.end, len(address)))
        end = name.end
    rewritten = "".join([*parts, text[end:]])
    standing = {token.start for token in service_names(rewritten)}
    if len(standing) != len(names):
        raise QueryRefused("the SERVICE clauses cannot be told apart; write them plainly")
    refuse_forbidden(rewritten, standing)
    return Federated(rewritten, spans)


def _refuse_the_word_elsewhere(text: str) -> None:
    """Refuse the word SERVICE where no clause and no name is.

    Should Oxigraph ever read strings and comments otherwise than we do, no clause of its can
    hide in one of ours.
    """
    for token in all_tokens(text):
        if token.kind not in {"word", "iri", "name"} and "service" in token.text.casefold():
            raise QueryRefused(
                "a query that asks a SERVICE may have that word nowhere else, not even in a "
                f"comment or a string (code point {token.start + 1}); write it otherwise there"
            )
