"""Merging two records: saying why the two are one organisation."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 2000


class WhyForm(forms.Form):
    """Why the two are one organisation, and that somebody has looked at what happens."""

    note = forms.CharField(
        label=_("Why these are one and the same organisation"),
        help_text=_("It stands in the history of both."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why these are one and the same organisation.")},
    )
    sure = forms.BooleanField(
        label=_("I have read what moves and what stays. A merge cannot be taken back."),
        error_messages={"required": _("Tick this once you have read what moves and what stays.")},
    )
    helper = FormHelper()
    helper.layout = Layout("note", "sure")
