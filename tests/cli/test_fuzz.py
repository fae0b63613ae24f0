"""Any words after `python -m vae`: each is carried out or refused in words, and nothing else happens."""

import json
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.helpers import recognised
from tests.helpers.command_line import COMMANDS, USING, run
from tests.helpers.fuzzing import fuzzed
from vae.cli.setting_help import SETTINGS
from vae.cli.use_arguments import FORMATS
from vae.data.dataset import Dataset
from vae.data.preparation.settings import FITS, GROUNDS
from vae.jobs.engines import Event
from vae.jobs.plan import ENGINES, MOST_MEMBERS, Member
from vae.measure.likelihood import Likelihood, likelihood
from vae.measure.quality import Measurements
from vae.models.choices import ACTIVATIONS, BODIES, LIKELIHOODS
from vae.models.judge import Judge, JudgeEpoch
from vae.storage.checkpoints import list_checkpoints
from vae.training.config import DEVICES, MODEL_KINDS, TrainConfig
from vae.training.loop import train

NUMBERS = ("0", "1", "2", "20", "-1", "0.5", "1e-3", "007", "1_0", "٣", "0x10", "", "nan", "inf", "-inf", "1e400")
HUGE = ("100000000", "9" * 25, "9" * 400, "-" + "9" * 400, "9" * 5000, "1" + "0" * 18)
LISTS = ("400,400", "1,2,4", "0.1,0.5", ",", "1,,2", "1,2,", "nan,1", "1,1.0000001", ",".join("1" * 2000))
NAMES = ("small", "new", "small@", "small@ff", "@", "../x", "/", "a/b", ".hidden", "-x", "β", "a\nb", "\x1b[31m")
STRANGE = ("\udcff", "x" * 5000, "--", "-", "{}", "None", "%s", "\0", " ", "small ")
WORDS = (*MODEL_KINDS, *BODIES, *ACTIVATIONS, *LIKELIHOODS, *DEVICES, *ENGINES, "mnist", "kmnist", "cosine")
OPTIONS: dict[str, tuple[str, ...]] = {
    "train": (
        *(name.replace("_", "-") for settings in SETTINGS.values() for name in settings),
        *("from", "name", "tensorboard", "overwrite", "replace-shipped"),
    ),
    "sweep": (
        *("betas", "latent-dims", "seeds", "model", "body", "hidden", "likelihood", "epochs", "steps", "dataset"),
        *("device", "precision", "name", "engine", "ray-address", "replace-shipped"),
    ),
    "change": ("rename", "copy", "note", "delete", "yes"),
    "evaluate": ("seed", "device", "likelihood-samples", "binarised", "quality", "keep"),
    "judge": ("dataset", "epochs", "seed"),
    "import": (
        *("name", "size", "colour", "grey", "fit", "ground", "invert", "validation", "test", "seed"),
        *("label-pattern", "label-column", "image-column"),
    ),
    "images": ("retitle", "delete", "yes"),
    "export": ("format", "out", "out", "part", "beta", "overwrite"),
    "generate": ("out", "out", "count", "seed", "prior", "beta", "overwrite"),
    "encode": ("out", "out", "invert", "beta", "overwrite"),
    "score": ("alarm", "out", "invert", "beta", "overwrite"),
}
# Nothing else is ever given to --out, which writes wherever it says.
PLACES = (
    "out.csv",
    "out.npz",
    "out.parquet",
    "out.csv",
    "folder",
    "folder",
    "",
    "a/b.csv",
    ".",
    "x" * 300,
    "β.csv",
    "\0",
)
ALWAYS = ("json", "json", "help", "nothing-like-this", "")
FLAGS = (
    *("colour", "grey", "invert", "yes", "binarised", "tensorboard"),
    *("overwrite", "json", "quality", "keep", "help", "replace-shipped", "prior"),
)
FITTING: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("epochs", "steps", "latent-dim", "seeds", "likelihood-samples", "seed"), ("1", "2", "20")),
    "model": MODEL_KINDS,
    "body": BODIES,
    "activation": ACTIVATIONS,
    "likelihood": LIKELIHOODS,
    "engine": ENGINES,
    "beta": ("0.5", "4"),
    "betas": ("0.5,2",),
    "latent-dims": ("2,10",),
    "hidden": ("16", "400,400"),
    **dict.fromkeys(("name", "rename", "copy"), ("new", "small")),
    "note": ("for the lecture", ""),
    "from": ("small",),
    "dataset": ("mnist",),
    "size": ("8", "8x12"),
    "fit": FITS,
    "ground": GROUNDS,
    **dict.fromkeys(("validation", "test"), ("0.1", "0.3")),
    "device": ("cpu", "auto"),
    "format": FORMATS,
    "part": ("test", "train"),
    "count": ("1", "20"),
    "alarm": ("0.05", "0.5"),
}
ANY = (
    st.sampled_from([*NUMBERS, *HUGE, *LISTS, *NAMES, *STRANGE, *WORDS]) | st.text(max_size=20) | st.integers().map(str)
)


@st.composite
def option(draw: st.DrawFn, command: str) -> list[str]:
    """Draw an option, mostly one of the command and with a value that fits it."""
    own, others = OPTIONS.get(command, ALWAYS), sum(OPTIONS.values(), ALWAYS)
    name = draw(st.sampled_from(own if draw(st.integers(0, 9)) else others))
    if name in FLAGS:
        return [f"--{name}"]
    if name == "out":
        return [f"--out={draw(st.sampled_from(PLACES))}"]
    fitting = FITTING.get(name, NUMBERS)
    value = draw(st.sampled_from(fitting) if draw(st.integers(0, 3)) else ANY)
    return draw(st.sampled_from([[f"--{name}={value}"], [f"--{name}", value], [f"--{name}", value], [f"--{name}"]]))


@st.composite
def command_line(draw: st.DrawFn) -> list[str]:
    """Draw the words after `python -m vae`."""
    command = draw(st.sampled_from([*COMMANDS, *COMMANDS, *COMMANDS, "fly"]))
    words = [command]
    if command in ("evaluate", "shrink", "import", *USING):
        words.append(draw(st.sampled_from(["small", "small", "new"]) | ANY))
    if command in ("encode", "score"):
        words.append(draw(st.sampled_from(["images", "images", "images", "damaged.zip"]) | ANY))
    if command in USING and draw(st.integers(0, 4)):
        words.append(f"--out={draw(st.sampled_from(PLACES))}")
    if command == "export" and draw(st.integers(0, 4)):
        words += ["--format", draw(st.sampled_from(FORMATS))]
    for each in draw(st.lists(option(command), max_size=4)):
        words += each
    if not draw(st.integers(0, 9)):
        words.append(draw(ANY))
    return words


@pytest.fixture
def asked(saved: Path, small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainConfig]:
    """What the command line asks to be trained, which nothing trains: all that takes time is replaced."""
    asked: list[TrainConfig] = []
    (report,) = train(TrainConfig(epochs=1, hidden=(16,)), small)

    def trained(config: TrainConfig, *_: Any, **__: Any) -> Iterator[Any]:
        asked.append(config)
        yield report

    def swept(members: Sequence[Member], *_: Any, **__: Any) -> Generator[Event, None, None]:
        asked.extend(member.config for member in members)
        yield from (Event(member, "done", 1.0, {"elbo": -1.0}) for member in members)

    def judged(dataset: Dataset, epochs: int | None, seed: int) -> Iterator[JudgeEpoch]:
        yield JudgeEpoch(epochs or 1, 1.0, 0.5, Judge(dataset.image_shape, len(dataset.class_names)))

    def bounded(model: Any, images: Any, config: Any, draws: Sequence[int], *rest: Any) -> Likelihood:
        return likelihood(model, images, config, (min(*draws, 2),), *rest)

    def load(name: str) -> Dataset:
        return small

    fakes: dict[str, Callable[..., Any]] = {
        "train.train": trained,
        "sweep.sweep": swept,
        "judge.train_judge": judged,
        "judge.keep_judge": lambda *_: None,  # which would put it beside the project's own
        "evaluate.likelihood": bounded,
        **{
            f"{command}.load_dataset": load for command in ("train", "evaluate", "judge", "export", "generate", "score")
        },
        **{f"{command}.evaluate": lambda *_: {"elbo": -1.0} for command in ("train", "evaluate")},
        "evaluate.measure": lambda *_, **__: Measurements({"samples": {}}, None),  # type: ignore[arg-type]
        "evaluate.load_judge": lambda _: (Judge((1, 8, 8), 3), {}),
        "judge.judge_path": lambda _: tmp_path / "judge.safetensors",
    }
    monkeypatch.setattr("vae.cli.commands.import_images.recognise", recognised)
    for name in ("open_source", "collect"):
        monkeypatch.setattr(f"vae.cli.incoming.{name}", getattr(recognised, name))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("vae.cli.commands.app.ROOT", tmp_path)  # where there is no app to open
    monkeypatch.setenv("VAE_IMPORTED", str(tmp_path / "imported"))
    # The images bear the name of MNIST, whose judge is in the project itself, and would be replaced or refused.
    for module in ("judge", "judge_training"):
        monkeypatch.setattr(f"vae.models.{module}.judge_path", lambda _: tmp_path / "judge.safetensors")
    for place, fake in fakes.items():
        monkeypatch.setattr(f"vae.cli.commands.{place}", fake)
    return asked


@pytest.fixture
def fresh_folder(saved: Path, tmp_path: Path) -> Callable[[], None]:
    """A function that leaves the run `small` alone, as it was, and nothing that commands have written elsewhere."""
    shutil.copytree(saved, tmp_path / "small")

    def restore() -> None:
        for path in saved.parent.iterdir():
            if path.name != ".vae":
                shutil.rmtree(path)
        shutil.copytree(tmp_path / "small", saved)
        for path in (tmp_path / "here").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return restore


@pytest.fixture
def beside(folder: Path) -> set[str]:
    """The names of what may be beside the checkpoints' folder."""
    return {path.name for path in folder.parent.iterdir()} | {"tensorboard"}


@pytest.mark.fuzz
@fuzzed(few=300, many=2_000)
@given(words=command_line())
def test_any_words_are_carried_out_or_refused_in_words(
    words: list[str],
    asked: list[TrainConfig],
    fresh_folder: Callable[[], None],
    folder: Path,
    beside: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked.clear()
    fresh_folder()
    status, out, err = run(capsys, *words)
    assert status in (0, 1, 2)
    assert "Traceback" not in out + err
    assert "program itself" not in err
    if status == 0:
        event("help" if "usage:" in out else f"accepted: vae {words[0]}")
        if "--json" in words and "usage:" not in out:
            json.loads(out)
    else:
        last = err.splitlines()[-1]
        event(f"refused: {last.split(': ')[0].removeprefix('python -m ')}, status {status}")
        assert last.startswith("python -m vae")
        assert last.isprintable()
        assert out == ""
    assert len(asked) <= MOST_MEMBERS
    assert list_checkpoints()[1] == []
    assert {path.name for path in folder.parent.iterdir()} <= beside
