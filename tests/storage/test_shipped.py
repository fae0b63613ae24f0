"""The checkpoints that come with the project are those that it calls shipped."""

import subprocess

import pytest

from vae.folders import ROOT
from vae.storage.shipped import SHIPPED


def test_they_are_the_folders_that_git_keeps() -> None:
    found = subprocess.run(["git", "ls-files", "checkpoints"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode or not found.stdout:
        pytest.skip("this is no git checkout")
    folders = {line.split("/")[1] for line in found.stdout.splitlines() if line.count("/") == 2}
    assert folders == set(SHIPPED)
