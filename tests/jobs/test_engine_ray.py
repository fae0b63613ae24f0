"""A sweep on a real Ray cluster of two nodes, one of which is killed half-way.

    pip install -r requirements-ray.txt
    pytest -m ray

It takes a minute, and is not part of the default run.
"""

import sys
import time
from pathlib import Path

import pytest

from vae.data.dataset import Dataset
from vae.jobs.engine_ray import ClusterError, on_ray
from vae.jobs.engines import Event, train_member
from vae.jobs.plan import plan
from vae.jobs.sweep import sweep
from vae.storage.checkpoints import list_checkpoints, load

members = plan((0.1, 0.5, 1, 2, 4, 8), (2,), 1, "far", steps=300)


@pytest.mark.ray
def test_a_sweep_is_finished_after_one_of_two_nodes_was_killed(
    folder: Path, mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    events = sweep(members, "ray", cluster.address)
    try:
        ended: list[Event] = []
        alive: list[int] = []
        for event in events:
            ended.append(event)
            if len(ended) == 1:
                # Not before, since the sweep must not be connected through the node that will be killed.
                doomed = cluster.add_node(num_cpus=1)
            if len(ended) == 3:
                time.sleep(2)  # both nodes are at work on their next members
                cluster.remove_node(doomed, allow_graceful=False)
            alive.append([node["Alive"] for node in ray.nodes()].count(True))
        assert {event.member.name: event.error for event in ended} == {member.name: "" for member in members}
        assert [event.state for event in ended] == ["done"] * 6
        assert (max(alive), alive[-1]) == (2, 1)
    finally:
        events.close()
        cluster.shutdown()
    assert list_checkpoints()[1] == []
    assert [event.state for event in sweep(members, "ray")] == ["skipped"] * 6
    (again,) = (event for event in train_member(members[0], mnist) if event.metrics)
    there = next(event.metrics for event in ended if event.member == members[0])
    assert again.metrics is not None
    assert there is not None
    assert again.metrics["elbo"] == pytest.approx(there["elbo"], rel=1e-4)
    assert load(members[0].name).finished


@pytest.mark.ray
def test_a_cluster_that_is_not_there_is_one_sentence(folder: Path) -> None:
    pytest.importorskip("ray")
    with pytest.raises(ClusterError, match=r"There is no Ray cluster at 127.0.0.1:1 "):
        next(on_ray(members, "127.0.0.1:1"))


def test_without_ray_the_way_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install -r requirements-ray.txt"):
        next(on_ray(members))
