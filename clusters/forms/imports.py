"""Uploading a list of members."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster


class UploadForm(forms.Form):
    """The file, and whose members stand in it; somebody who works for one cluster is not asked."""

    cluster = forms.ModelChoiceField(
        label=_("Whose members are these?"), queryset=Cluster.objects.none(), empty_label=_("Choose a cluster")
    )
    file = forms.FileField(
        label=_("List of members"),
        help_text=_("An XLSX without macros or a CSV file, at most 10 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = Cluster.objects.served_by(user).order_by("name")
        self.fields["cluster"].queryset = served  # type: ignore[attr-defined]
        clusters = list(served[:2])
        if len(clusters) == 1:
            self.fields["cluster"].required = False
            self.fields["cluster"].widget = forms.HiddenInput()
        self.only = clusters[0] if len(clusters) == 1 else None
        self.helper = FormHelper()
        self.helper.layout = Layout("cluster", "file")

    def chosen(self) -> Cluster:
        """Return the cluster whose members these are."""
        found: Cluster = self.only or self.cleaned_data["cluster"]
        return found
