"""The command `app`: open the app. Nothing here imports torch or Streamlit."""

import argparse
import os
import subprocess
import sys
from typing import Any

from vae.errors import VaeError
from vae.folders import APP, ROOT, checkpoints_folder, imported_folder


class AppError(VaeError):
    """The app cannot be opened; the message says what is missing."""


def run(_: argparse.Namespace) -> dict[str, Any]:
    """Run the app's server until it ends or the command is stopped; return its folder and exit status.

    Raises:
        AppError: when the app's pages are not here.
    """
    if not (ROOT / APP).exists():
        raise AppError(
            "The installed package has the library and the command line, but not the app's pages: run `vae app` in a "
            f"checkout of the project, where {APP} is."
        )
    # The server runs in the project's folder, where its settings are, and where a relative path would name another one.
    folders = {
        "VAE_CHECKPOINTS": str(checkpoints_folder().resolve()),
        "VAE_IMPORTED": str(imported_folder().resolve()),
    }
    words = [sys.executable, "-m", "streamlit", "run", APP]
    with subprocess.Popen(words, cwd=ROOT, env=os.environ | folders) as server:
        try:
            status = server.wait()
        finally:
            server.terminate()  # it has ended already, unless this command was stopped
    return {"folder": str(ROOT), "exit_status": status, "failed": status != 0}


def show(result: dict[str, Any]) -> str:
    """Return a line on how the app has ended."""
    return f"The app has ended with exit status {result['exit_status']}."
