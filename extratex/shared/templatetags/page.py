"""The small tags that the components of the pages need."""

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import template
from django.forms import BaseForm, BoundField, CheckboxSelectMultiple
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

LONG_LIST = 12
MEDIA_NAMES = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/xml": "XML",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "text/calendar": "ICS",
    "text/csv": "CSV",
}
SHADES = ("first", "second", "third", "fourth")


class Stretch(TypedDict):
    """One part of a bar: its words, and its place in hundredths of the bar."""

    label: object
    value: object
    x: str
    width: str
    shade: str


class Layout(TypedDict):
    """A bar ready to be drawn: its parts, and where its goal lies when that is not its end."""

    stretches: list[Stretch]
    goal: str


@register.simple_tag
def status(label: object, tone: str = "") -> SafeString:
    """Write a status, the word first and the colour second: for lists, where the component would take long."""
    return format_html('<span class="status{}{}">{}</span>', " " if tone else "", tone, label)


@register.simple_tag
def lay_out(parts: Sequence[Mapping[str, Any]], total: float, goal: float | None = None) -> Layout:
    """Lay the parts of a bar end to end; beyond the total, it stands for their sum and a mark shows the goal."""
    lengths = [max(float(part["value"] or 0), 0.0) for part in parts[: len(SHADES)]]
    aim = max(float(goal or total or 0), 0.0)
    whole = max(float(total or 0), sum(lengths)) or 1.0
    stretches: list[Stretch] = []
    start = 0.0
    for part, length, shade in zip(parts, lengths, SHADES, strict=False):
        width = 100 * length / whole
        stretches.append(
            {
                "label": part["label"],
                "value": part["value"] or 0,
                "x": f"{start:.2f}",
                "width": f"{width:.2f}",
                "shade": shade,
            }
        )
        start += width
    return {"stretches": stretches, "goal": f"{100 * aim / whole:.2f}" if 0 < aim < whole else ""}


@register.filter
def euros(amount: Decimal | float | str | None) -> str:
    """Write a sum with two decimals, thousands apart, and a true minus; nothing for no sum."""
    if amount is None or amount == "":
        return ""
    value = Decimal(amount)
    written = number_format(abs(value), decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"− {written}" if value < 0 else written


@register.filter
def media_name(media_type: str) -> str:
    """Return what people call a kind of file: PDF, XLSX, JPEG."""
    return MEDIA_NAMES.get(media_type, media_type.rpartition("/")[2].upper())


@register.filter
def told(event: Any) -> str:
    """Return an event in words: its own label, or the name of its move."""
    label = getattr(event, "label", "")
    return str(label) if label else str(event.move).replace("_", " ").capitalize()


@register.filter
def target_id(field: BoundField) -> str:
    """Return the id that a link to this field must name; of a group of choices, that of the first one."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def is_long_list(field: BoundField) -> bool:
    """Tell whether a group of check boxes is long enough to deserve a search."""
    widget = field.field.widget
    return isinstance(widget, CheckboxSelectMultiple) and len(list(widget.choices)) > LONG_LIST


@register.simple_tag(takes_context=True)
def form_token(context: Context) -> SafeString:
    """Write the hidden field against forged requests, also inside an include that passes no context on."""
    request = getattr(context, "request", None)
    token = get_token(request) if request is not None else context.get("csrf_token", "")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


@register.simple_tag
def form_fields(form: BaseForm) -> SafeString:
    """Write the fields of a form by its own crispy layout, without the form element and its token."""
    helper = copy.copy(getattr(form, "helper", None)) or FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return SafeString(render_crispy_form(form, helper=helper))
