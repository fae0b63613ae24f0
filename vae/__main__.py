"""The command line of runs (`train`, `sweep`, `list`, `change`, `evaluate`, `shrink`) and of what they are trained on.

These are `judge`, `import`, `images` and `import-weights`.
"""

import sys
from importlib import import_module

from vae.cli.stops import until_stopped

MODULES = {"import": "import_images", "import-weights": "import_weights"}  # where a command is no name of a module


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    # Imported here, all that takes time is stopped by signals as the command itself is.
    from vae.cli.arguments import parser
    from vae.cli.failures import tell
    from vae.cli.results import as_json
    from vae.cli.streams import deliver, take_any_character

    take_any_character()
    name = "python -m vae"
    try:
        args = parser().parse_args(argv)
        name += f" {args.command}"
        # Only this command is imported: most need torch, which takes seconds.
        command = import_module(f"vae.cli.commands.{MODULES.get(args.command, args.command)}")
        result = command.run(args)
        deliver(as_json(result) if args.json else command.show(result))
    except (Exception, KeyboardInterrupt) as error:
        return tell(name, error)
    return 1 if result.get("failed") else 0


def _whole_process() -> int:
    from vae.cli.streams import open_streams

    open_streams()
    return main()


def console() -> int:
    """Run the command that this process was started for, and return its exit status; signals stop it."""
    return until_stopped(_whole_process)


if __name__ == "__main__":
    sys.exit(console())
