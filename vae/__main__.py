"""The command line: `python -m vae train`, `sweep`, `list`, `evaluate`, `shrink` and `judge`."""

import json
import sys

from vae.cli.arguments import parser
from vae.cli.commands import evaluate_command, judge_command, list_command, shrink_command, sweep_command, train_command
from vae.cli.tables import show_evaluate, show_judge, show_list, show_shrink, show_sweep, show_train
from vae.data.datasets import DatasetError
from vae.jobs.engine_ray import ClusterError
from vae.models.judge import JudgeError
from vae.storage.names import CheckpointError, CheckpointNameError
from vae.training.reports import TrainingDivergedError


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = parser().parse_args(argv)
    command, show = {
        "train": (train_command, show_train),
        "sweep": (sweep_command, show_sweep),
        "list": (list_command, show_list),
        "evaluate": (evaluate_command, show_evaluate),
        "shrink": (shrink_command, show_shrink),
        "judge": (judge_command, show_judge),
    }[args.command]
    try:
        result = command(args)
    except (ValueError, CheckpointNameError) as error:
        print(f"python -m vae {args.command}: {error}", file=sys.stderr)
        return 2
    except (CheckpointError, ClusterError, DatasetError, JudgeError, TrainingDivergedError) as error:
        print(f"python -m vae {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = "what is finished is kept, and the same command goes on"
        if args.command != "sweep":
            kept = "the last full epoch, if there was one, is kept as a checkpoint"
        print(f"\nStopped; {kept}.", file=sys.stderr)
        return 130
    print(json.dumps(result, ensure_ascii=False) if args.json else show(result))
    return 1 if result.get("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
