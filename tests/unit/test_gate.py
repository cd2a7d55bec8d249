"""Places for queries: bounded, fair between clients, and never all taken by slow ones."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from kg.config import Limits
from kg.errors import QueryAbandoned, QueryOverLimit, TooManyQueries
from kg.query.gate import Gate, Place

LIMITS = Limits(
    queries_at_once=3,
    queries_per_client=2,
    queries_waiting=2,
    query_wait_s=1,
    slow_queries_at_once=1,
)


def never() -> bool:
    return False


@contextmanager
def waiting(gate: Gate, client: str, gone: Callable[[], bool] = never) -> Iterator[list[str]]:
    """Wait for a place in a thread; what became of it is noted in the list."""
    notes: list[str] = []

    def run() -> None:
        try:
            with gate.place(client, gone):
                notes.append("placed")
        except QueryOverLimit as error:
            notes.append(type(error).__name__)
        except QueryAbandoned:
            notes.append("abandoned")

    queue = gate.counts()[1]
    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 5
    while gate.counts()[1] == queue and not notes and time.monotonic() < until:
        time.sleep(0.002)
    yield notes
    thread.join(timeout=10)


def test_places_are_given_at_once_while_there_are_some() -> None:
    gate = Gate(LIMITS)
    with gate.place("a", never), gate.place("a", never), gate.place("b", never):
        assert gate.counts() == (3, 0)
    assert gate.counts() == (0, 0)


def test_a_client_has_no_more_places_than_it_may() -> None:
    gate = Gate(LIMITS)
    with gate.place("a", never), gate.place("a", never):
        with pytest.raises(TooManyQueries, match="2 queries of yours"), gate.place("a", never):
            pass
        with gate.place("b", never):
            pass


def test_whoever_finds_no_place_in_time_is_told_when_to_try_again() -> None:
    gate = Gate(LIMITS)
    with ExitStack() as stack:
        for client in "abc":
            stack.enter_context(gate.place(client, never))
        began = time.monotonic()
        with pytest.raises(QueryOverLimit) as caught, gate.place("d", never):
            pass
        assert time.monotonic() - began >= 1
    assert not isinstance(caught.value, TooManyQueries)
    assert caught.value.retry_after_s == 1


def test_a_full_queue_refuses_at_once() -> None:
    gate = Gate(LIMITS)
    with ExitStack() as stack:
        for client in "abc":
            stack.enter_context(gate.place(client, never))
        with waiting(gate, "d") as first, waiting(gate, "e") as second:
            assert gate.counts() == (3, 2)
            began = time.monotonic()
            with pytest.raises(QueryOverLimit), gate.place("f", never):
                pass
            assert time.monotonic() - began < 0.5
            stack.close()
    assert (first, second) == (["placed"], ["placed"])


def test_who_has_fewest_queries_at_work_goes_first() -> None:
    gate = Gate(Limits(queries_at_once=3, query_wait_s=5))
    order: list[str] = []

    def wait(client: str) -> None:
        with gate.place(client, never):
            order.append(client)

    threads = [threading.Thread(target=wait, args=(client,)) for client in "ac"]
    with gate.place("a", never), gate.place("a", never):
        with gate.place("b", never):
            for number, thread in enumerate(threads, start=1):
                thread.start()
                while gate.counts()[1] < number:
                    time.sleep(0.002)
        for thread in threads:
            thread.join()
    assert order == ["c", "a"]


def test_in_a_full_queue_the_greediest_gives_way_to_another_client() -> None:
    gate = Gate(Limits(queries_at_once=1, queries_waiting=3, query_wait_s=5))
    with ExitStack() as stack:
        held = stack.enter_context(ExitStack())
        held.enter_context(gate.place("a", never))
        notes = [stack.enter_context(waiting(gate, client)) for client in "aab"]
        late: list[str] = []

        def come_late() -> None:
            with gate.place("c", never):
                late.append("placed")

        thread = threading.Thread(target=come_late)
        thread.start()
        until = time.monotonic() + 4
        while not notes[0] and time.monotonic() < until:
            time.sleep(0.002)
        # Client a has two now, and b would have two: nobody gives way.
        with pytest.raises(QueryOverLimit), gate.place("b", never):
            pass
        held.close()
        thread.join()
    assert notes[0] == ["QueryOverLimit"]
    assert (late, *notes[1:]) == (["placed"], ["placed"], ["placed"])


def test_who_has_gone_leaves_the_queue() -> None:
    gate = Gate(LIMITS)
    gone = threading.Event()
    with ExitStack() as stack:
        for client in "abc":
            stack.enter_context(gate.place(client, never))
        with waiting(gate, "d", gone.is_set) as notes:
            gone.set()
    assert notes == ["abandoned"]


def slow_places(gate: Gate, stack: ExitStack, clients: str) -> list[Place]:
    places = []
    for client in clients:
        place = stack.enter_context(gate.place(client, never))
        gate.turn_slow(place)
        places.append(place)
    return places


def test_of_too_many_slow_queries_the_latest_gives_up() -> None:
    gate = Gate(LIMITS)
    with ExitStack() as stack:
        places = slow_places(gate, stack, "ab")
    assert [place.given_up.is_set() for place in places] == [False, True]


def test_who_has_most_slow_queries_gives_one_up_for_another() -> None:
    gate = Gate(Limits(slow_queries_at_once=2))
    with ExitStack() as stack:
        places = slow_places(gate, stack, "aab")
    assert [place.given_up.is_set() for place in places] == [False, True, False]
