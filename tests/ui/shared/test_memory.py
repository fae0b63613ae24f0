"""When the server gives memory back: at quiet moments, and once when sessions that have left are forgotten."""

from vae.ui.shared.memory import GONE, LONGEST, QUIET, Quiet


def due(quiet: Quiet, visited: float, *times: float) -> list[float]:
    return [now for now in times if quiet.is_due(now, visited)]


def test_memory_is_given_back_after_the_last_page_and_when_its_session_is_gone_and_then_no_more() -> None:
    assert due(Quiet(0.0), 100.0, *(100.0 + second for second in range(1_000))) == [100.0 + QUIET, 100.0 + GONE]


def test_it_waits_while_pages_come_but_not_longer_than_some_minutes() -> None:
    quiet = Quiet(0.0)
    found = []
    for second in range(600):
        found += due(quiet, second - second % 6, second)
    assert all(LONGEST <= later - earlier < LONGEST + 10 for earlier, later in zip([0, *found], found, strict=False))
    assert len(found) == 2
    assert all(second % 6 >= 2 for second in found)  # nobody's page runs
