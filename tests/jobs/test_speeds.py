"""Speeds: the latest figure counts, and measurements that agree become rare."""

from vae.jobs.speeds import LONGEST_WAIT, Speeds


def test_a_measurement_of_a_busy_machine_is_corrected_by_a_run_and_by_the_next_measurement() -> None:
    speeds = Speeds()
    assert speeds.get("a") is None
    assert speeds.ask("a", 0.0)
    assert not speeds.ask("a", 19.0)
    speeds.take_measured("a", 600.0)
    assert speeds.get("a") == 600
    speeds.take_reached("a", 10_000.0, 30.0)
    assert speeds.get("a") == 10_000
    assert not speeds.ask("a", 49.0)
    assert speeds.ask("a", 50.0)
    speeds.take_measured("a", 3_000.0)  # the machine is busy now
    assert speeds.get("a") == 3_000
    assert speeds.get("b") is None


def test_measurements_that_agree_are_made_half_as_often_each_time_until_one_differs() -> None:
    speeds, now, waits = Speeds(), 0.0, []
    for _ in range(8):
        began = now
        while not speeds.ask("a", now):
            now += 1
        waits.append(now - began)
        speeds.take_measured("a", 1_000.0)
    assert waits == [0, 20, 40, 80, 160, 320, LONGEST_WAIT, LONGEST_WAIT]
    assert speeds.ask("a", now + LONGEST_WAIT)
    speeds.take_measured("a", 2_000.0)
    assert speeds.ask("a", now + LONGEST_WAIT + 20)
