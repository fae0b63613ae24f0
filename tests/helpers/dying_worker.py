"""A training worker that does what a dying one does: it answers with frames that are cut short, or are none."""

import json
import os
import sys

from vae.jobs import processes


def main() -> None:
    """Answer the first run with what the variable `DEATH` says, and later ones as a worker that has trained them."""
    output = processes.answers()
    processes.write_frame(output, {"event": "ready", "device": "cpu", "together": False, "precision": "float32"})
    for line in sys.stdin.buffer:
        command = json.loads(line)
        if command["do"] != "run":
            continue
        if "doomed" not in command["names"][0]:
            processes.write_frame(output, {"event": "done", "id": command["id"]})
            continue
        header = json.dumps({"event": "look", "id": command["id"], "run": 0, "row": {}, "bytes": 1_000_000}).encode()
        output.write(
            {
                "cut payload": header + b"\n" + bytes(70_000),
                "cut line": header[:-20],
                "no message": b"[1, 2]\n",
                "no frame": header + b"\n" + b"\xff" * 1_000_000,
                "unknown event": b'{"event": "surprise", "id": "nobody", "bytes": 0}\n',
                "nothing": b"",
            }[os.environ["DEATH"]]
        )
        output.flush()
        if os.environ["DEATH"] in ("cut payload", "cut line", "nothing"):
            os.kill(os.getpid(), 9)
        # The others live on, as a worker that a library has made print into its answers.
