"""The result of a command as text for people to read."""

from typing import Any

from vae.measure.intervals import Measure
from vae.measure.recorded import recorded_measures, recorded_quality


def show_judge(result: dict[str, Any]) -> str:
    """Return a line with the judge's path and accuracy."""
    return f"{result['path']}: reads {result['accuracy']:.2%} of the test images right"


def show_train(result: dict[str, Any]) -> str:
    """Return lines with a run's path, steps, seconds and measurements."""
    return f"{result['path']}: {result['steps']} steps in {result['seconds']} s\n{show_metrics(result['metrics'])}"


def show_sweep(result: dict[str, Any]) -> str:
    """Return a table of a sweep's members, by latent size, β and seed."""
    lines = [
        f"{'β':>7} {'latent':>6} {'seed':>4} {'test rec':>9} {'KL':>8} {'−ELBO':>9} {'active':>6} {'kNN':>6}  name"
    ]
    for row in sorted(result["members"], key=lambda row: (row["latent_dim"], row["beta"], row["seed"])):
        start = f"{row['beta']:>7g} {row['latent_dim']:>6} {row['seed']:>4} "
        if row["metrics"] is None:
            lines.append(f"{start}{row['state']}: {row['error']}")
            continue
        m = row["metrics"]
        lines.append(
            f"{start}{m['test_reconstruction']:>9.2f} {m['test_kl']:>8.2f} {-m['elbo']:>9.2f} {m['active_units']:>6} "
            f"{m['knn_accuracy']:>6.1%}  {row['name']}"
        )
    return "\n".join(lines)


def show_list(result: dict[str, Any]) -> str:
    """Return a table of the checkpoints, damaged ones last."""
    lines = [f"{'name':<28} {'model':<15} {'data':<15} {'latent':>6} {'β':>6} {'epochs':>7} {'test rec':>9} {'kNN':>7}"]
    for row in result["checkpoints"]:
        reconstruction, accuracy = row["metrics"].get("test_reconstruction"), row["metrics"].get("knn_accuracy")
        lines.append(
            f"{row['name']:<28} {row['model']:<15} {row['dataset']:<15} {row['latent_dim']:>6} "
            f"{'–' if row['beta'] is None else format(row['beta'], 'g'):>6} {row['epochs']:>7.4g} "
            f"{'–' if reconstruction is None else format(reconstruction, '.2f'):>9} "
            f"{'–' if accuracy is None else format(accuracy, '.1%'):>7}"
            + ("" if row["finished"] else "  (stopped early)")
        )
    lines += [f"{row['name']:<28} damaged: {row['reason']}" for row in result["damaged"]]
    return "\n".join(lines)


def show_metrics(metrics: dict[str, Any]) -> str:
    """Return a line for every number that was measured."""
    return "\n".join(
        f"  {key.replace('_', ' '):<20} {value:.4f}"
        if isinstance(value, float)
        else f"  {key.replace('_', ' '):<20} {value}"
        for key, value in metrics.items()
        if value is not None
    )


def show_shrink(result: dict[str, Any]) -> str:
    """Return a line with the size of a checkpoint's weights."""
    return f"{result['name']}: weights of {result['bytes'] / 1e6:.1f} MB"


def show_evaluate(result: dict[str, Any]) -> str:
    """Return lines with all measurements of a checkpoint, by group."""
    lines = [show_metrics({key: value for key, value in result.items() if not isinstance(value, dict)})]
    groups = {"likelihood of all test images": recorded_measures(result.get("likelihood"))}
    if (quality := recorded_quality(result)) is not None:
        groups |= {"likelihood of some test images": quality.likelihood, "latent space": quality.latents}
        groups |= {f"samples ({sampler})": measures for sampler, measures in quality.samples.items()}
    for title, measures in groups.items():
        if measures:
            lines += [title, *(show_measure(name, measure) for name, measure in measures.items())]
    return "\n".join(lines)


def show_measure(name: str, measure: Measure) -> str:
    """Return a measure with its interval and unit, as a line."""
    interval = "" if measure.low is None else f"[{measure.low:.4f}, {measure.high:.4f}]"
    return f"  {name.replace('_', ' '):<20} {measure.value:<10.4f} {interval:<24} {measure.unit}"
