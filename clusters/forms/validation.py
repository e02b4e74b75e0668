"""What staff write when they do not simply validate: remarks on fields, and to whom a registration is passed on."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import operations, queries, remarks
from clusters.forms.offers import Offer
from clusters.forms.organisations import ClusterField
from clusters.models import Cluster, Organisation, SavedView
from clusters.pages import value_of

LONGEST_REMARK = 1000
LONGEST_NOTE = 4000


class RemarkLine(NamedTuple):
    """One field of the registration: what it says, the box to tick, and the remark."""

    value: str
    tick: forms.BoundField
    remark: forms.BoundField


class RemarksForm(forms.Form):
    """A box and a remark for each field of a registration, and a note on the whole."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        for name in remarks.FIELDS:
            label = Organisation.label_of(name)
            self.fields[f"tick_{name}"] = forms.BooleanField(label=label, required=False)
            self.fields[f"remark_{name}"] = forms.CharField(
                label=_("What has to be changed: %(field)s") % {"field": label},
                required=False,
                max_length=LONGEST_REMARK,
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
        self.fields["note"] = forms.CharField(
            label=_("A note on the whole"),
            required=False,
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a remark on each field that is ticked, and for something to say at all."""
        super().clean()
        for name in remarks.FIELDS:
            if self.cleaned_data.get(f"tick_{name}") and not self.cleaned_data.get(f"remark_{name}", "x"):
                self.add_error(f"remark_{name}", _("Say what is wrong here, or take the tick away."))
        if not self.errors and not self.remarks() and not self.cleaned_data["note"]:
            self.add_error(None, _("Tick at least one field and say what has to be changed, or write a note."))
        return self.cleaned_data

    def remarks(self) -> dict[str, str]:
        """Return what is said of each field; what somebody has written counts also without its tick."""
        return remarks.given({name: self.cleaned_data.get(f"remark_{name}", "") for name in remarks.FIELDS})

    def groups(self) -> Iterator[tuple[StrOrPromise, list[RemarkLine]]]:
        """Return the fields as the registration groups them."""
        for title, names in remarks.GROUPS:
            yield title, [self._line(name) for name in names]

    def _line(self, name: str) -> RemarkLine:
        return RemarkLine(value_of(self.organisation, name), self[f"tick_{name}"], self[f"remark_{name}"])


class ReassignForm(forms.Form):
    """Which cluster decides from now on, and why."""

    cluster = ClusterField(label=_("Reference cluster from now on"), queryset=Cluster.objects.none())
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Both clusters and the organisation read this."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    lies_with = forms.ModelChoiceField(queryset=Cluster.objects.all(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["lies_with"] = organisation.reference_cluster_id
        choice = queries.clusters_to_choose().exclude(pk=organisation.reference_cluster_id)
        self.fields["cluster"].let_choose(Offer(choice))  # type: ignore[attr-defined]
        found = operations.assign_cluster(organisation.country.code, list(organisation.sectors.all()))
        if found is not None and found.cluster.pk != organisation.reference_cluster_id:
            self.fields["cluster"].help_text = _("By country and sector the portal would choose %(cluster)s.") % {
                "cluster": found.cluster.name
            }
        self.helper = FormHelper()
        self.helper.layout = Layout("cluster", "note", "lies_with")


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """A name for the filters that are in use."""

    class Meta:
        model = SavedView
        fields = ("page", "name", "query")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
