"""The command line's options: one for every setting of a run, with the field's own type and default."""

from dataclasses import fields

from vae.cli.arguments import parser
from vae.cli.commands.train import config_of
from vae.cli.setting_help import SETTINGS
from vae.training.config import START_SETTINGS, TrainConfig
from vae.training.recipe import RECIPE_SETTINGS, recommended


def test_every_setting_of_a_run_is_an_option_of_train_in_exactly_one_group() -> None:
    listed = [name for settings in SETTINGS.values() for name in settings]
    # Where a run starts from is one option, --from, and the checkpoint tells the rest.
    assert sorted(listed) == sorted({field.name for field in fields(TrainConfig)} - set(START_SETTINGS))


def test_a_command_without_options_trains_the_default_on_the_recipe() -> None:
    config = config_of(parser().parse_args(["train"]))
    assert config == TrainConfig(epochs=20, **recommended(2, "mlp", epochs=20))
    assert set(recommended(2, "mlp", epochs=20)) == set(RECIPE_SETTINGS)


def test_train_and_sweep_take_a_precision() -> None:
    assert config_of(parser().parse_args(["train", "--precision", "bfloat16"])).precision == "bfloat16"
    assert config_of(parser().parse_args(["train"])).precision == "auto"
    assert parser().parse_args(["sweep", "--precision", "float32"]).precision == "float32"
