"""Shares in words, alike in all scenes."""


def percent(share: float) -> str:
    """Write a share in per cent, with a decimal where it is below ten."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"
