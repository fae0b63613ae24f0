"""The command `app`: the server that it starts, and how it ends."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command_line import run
from vae.folders import ROOT


class Server:
    """In the place of a process: it notes how it was started, and ends or is stopped."""

    started: dict[str, Any]
    ends: int | KeyboardInterrupt = 0
    terminated = False

    def __init__(self, words: list[str], **settings: Any) -> None:
        Server.started = settings | {"words": words}

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self) -> int:
        if isinstance(Server.ends, int):
            return Server.ends
        raise Server.ends

    def terminate(self) -> None:
        Server.terminated = True


@pytest.mark.parametrize(("ends", "status"), [(0, 0), (1, 1), (KeyboardInterrupt(), 130)])
def test_it_runs_the_server_in_the_projects_folder_on_the_runs_that_are_named(
    ends: int | KeyboardInterrupt,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Server, "ends", ends)
    monkeypatch.setattr(subprocess, "Popen", Server)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAE_CHECKPOINTS", "mine")
    assert run(capsys, "app")[0] == status
    assert Server.started["words"][1:] == ["-m", "streamlit", "run", "streamlit_app.py"]
    assert Server.started["cwd"] == ROOT
    assert Server.started["env"]["VAE_CHECKPOINTS"] == str(tmp_path / "mine")
    assert Server.terminated
