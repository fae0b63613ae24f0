"""The values that a browser sends for widgets that nobody has touched: the default, or what the server has set."""

from collections.abc import Callable
from typing import Any

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.WidgetStates_pb2 import WidgetState


def key_of(element_id: str) -> str:
    """Return a widget's key, which ends its element's id."""
    return element_id.split("-", 2)[-1]


def state_of(element: Element) -> WidgetState | None:
    """Return a widget's value as a browser sends it; None for what has none, or is empty."""
    kind = element.WhichOneof("type") or ""
    if kind not in _FILLED_BY:
        return None
    widget = getattr(element, kind)
    state = WidgetState(id=widget.id)
    _FILLED_BY[kind](state, widget)
    return state if state.WhichOneof("value") else None


def is_set(element: Element) -> bool:
    """Tell whether the server sets a widget's value, and not only its default."""
    return bool(getattr(getattr(element, element.WhichOneof("type") or "", None), "set_value", False))


def _number(state: WidgetState, widget: Any) -> None:
    name = "value" if widget.set_value else "default"
    if widget.HasField(name):
        state.double_value = getattr(widget, name)


def _text(state: WidgetState, widget: Any) -> None:
    name = "value" if widget.set_value else "default"
    if widget.HasField(name):
        state.string_value = getattr(widget, name)


def _switch(state: WidgetState, widget: Any) -> None:
    state.bool_value = widget.value if widget.set_value else widget.default


def _choice(state: WidgetState, widget: Any) -> None:
    if widget.set_value and widget.HasField("raw_value"):
        state.string_value = widget.raw_value
    elif not widget.set_value and widget.HasField("default") and widget.options:
        state.string_value = widget.options[widget.default]


def _choices(state: WidgetState, widget: Any) -> None:
    default = [widget.options[index].content for index in widget.default]
    state.string_array_value.data.extend(widget.raw_values if widget.set_value else default)


def _slider(state: WidgetState, widget: Any) -> None:
    if widget.options:  # a select slider
        default = [widget.options[int(index)] for index in widget.default]
        state.string_array_value.data.extend(widget.raw_value if widget.set_value else default)
    else:
        state.double_array_value.data.extend(widget.value if widget.set_value else widget.default)


_FILLED_BY: dict[str, Callable[[WidgetState, Any], None]] = {
    "number_input": _number,
    "text_input": _text,
    "checkbox": _switch,
    "selectbox": _choice,
    "radio": _choice,
    "button_group": _choices,
    "slider": _slider,
}
