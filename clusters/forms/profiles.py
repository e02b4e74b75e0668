"""Forms in which the people in charge keep the public profiles of clusters, partnerships and events."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clusters import places, queries
from clusters.enums import EventKind, Vocabulary
from clusters.models import Cluster, ClusterLabel, Partnership, ProgrammeEvent, Term
from clusters.words import named_countries
from extratex.shared.editions import EditionForm

LINES = forms.Textarea(attrs={"rows": 6})
FEW_LINES = forms.Textarea(attrs={"rows": 3})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
KINDS = {"sectors": Vocabulary.SECTOR, "technologies": Vocabulary.TECHNOLOGY}


class ProfileForm(EditionForm):
    """A form of a public profile, laid out in parts."""

    parts: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"sectors", "technologies", "emerging_industries"} & self.fields.keys():
            vocabulary = KINDS.get(name, Vocabulary.EMERGING_INDUSTRY)
            self.fields[name].queryset = Term.objects.of(vocabulary)  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", *self.parts)


class ClusterForm(ProfileForm):
    """The page of a cluster; its name and country are the programme's matter."""

    parts = (
        Fieldset(_("What it is"), "description", "website", "eccp_profile", "region", "town"),
        Fieldset(_("Whom to ask"), "contact_name", "contact_email", "contact_phone"),
        Fieldset(_("What it works on"), "sectors", "technologies", "emerging_industries", "priorities"),
        Fieldset(_("Figures"), "members", "small_members", "source"),
    )

    class Meta:
        model = Cluster
        fields = (
            "description",
            "website",
            "eccp_profile",
            "region",
            "town",
            "contact_name",
            "contact_email",
            "contact_phone",
            "sectors",
            "technologies",
            "emerging_industries",
            "priorities",
            "members",
            "small_members",
            "source",
        )
        widgets: ClassVar = {
            "description": LINES,
            "priorities": FEW_LINES,
            "sectors": forms.CheckboxSelectMultiple,
            "technologies": forms.CheckboxSelectMultiple,
            "emerging_industries": forms.CheckboxSelectMultiple,
        }
        help_texts: ClassVar = {
            "contact_email": _("Everybody can read it; an address of the office is better than a person’s."),
            "source": _("Where these figures are published, and of which year."),
        }

    def clean(self) -> dict[str, Any]:
        """Find the town on the map, and hold the figures together."""
        given = super().clean()
        members, small = given.get("members"), given.get("small_members")
        if small is not None and (members is None or small > members):
            self.add_error("small_members", _("These are among the members: not more than those."))
        town = places.find_town(given.get("town") or "", self.instance.country.code)
        self.instance.latitude = town.latitude if town else None
        self.instance.longitude = town.longitude if town else None
        return given


class LabelForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """A label that a cluster was awarded."""

    class Meta:
        model = ClusterLabel
        fields = ("level", "awarded_on", "valid_to", "source")
        widgets: ClassVar = {"awarded_on": DAY, "valid_to": DAY}

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.cluster = cluster
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields)

    def clean(self) -> dict[str, Any]:
        """Refuse a label that ends before it begins, or stands there already."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        awarded_on, valid_to = given.get("awarded_on"), given.get("valid_to")
        if awarded_on and valid_to and valid_to < awarded_on:
            self.add_error("valid_to", _("A label cannot end before it was awarded."))
        same = ClusterLabel.objects.filter(cluster=self.instance.cluster, level=given.get("level", ""))
        if awarded_on and same.filter(awarded_on=awarded_on).exists():
            raise ValidationError(_("This label stands there already."))
        return given


class PartnershipForm(ProfileForm):
    """The page of a partnership; its targets and money are agreed elsewhere."""

    parts = (
        Fieldset(_("What it is for"), "title", "focus", "objectives", "results", "target_groups"),
        Fieldset(_("Its industries"), "emerging_industries", "sectors"),
        Fieldset(_("Who takes part"), "partners", "countries"),
        Fieldset(_("Elsewhere"), "website", "eccp_profile"),
    )

    class Meta:
        model = Partnership
        fields = (
            "title",
            "focus",
            "objectives",
            "results",
            "target_groups",
            "emerging_industries",
            "sectors",
            "partners",
            "countries",
            "website",
            "eccp_profile",
        )
        widgets: ClassVar = {
            "focus": FEW_LINES,
            "objectives": LINES,
            "results": LINES,
            "target_groups": FEW_LINES,
            "emerging_industries": forms.CheckboxSelectMultiple,
            "sectors": forms.CheckboxSelectMultiple,
            "countries": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["countries"].choices = named_countries(queries.eligible_countries())  # type: ignore[attr-defined]


class EventForm(ProfileForm):
    """A mission or an event of a partnership."""

    parts = (
        Fieldset(_("What it is"), "kind", "title", "facts", "website"),
        Fieldset(_("When and where"), "starts_on", "ends_on", "place", "country", "host_cluster"),
    )

    class Meta:
        model = ProgrammeEvent
        fields = ("kind", "title", "facts", "website", "starts_on", "ends_on", "place", "country", "host_cluster")
        widgets: ClassVar = {"facts": LINES, "starts_on": DAY, "ends_on": DAY}
        help_texts: ClassVar = {
            "starts_on": _("Leave it empty as long as the dates are not known."),
            "facts": _("Who should come, what they will see, how to apply."),
        }

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.partnership = partnership
        self.fields["kind"].choices = [("", _("Choose what it is")), *EventKind.choices]  # type: ignore[attr-defined]
        countries = named_countries({*queries.countries_ever(), *filter(None, [self.instance.country.code])})
        self.fields["country"].choices = [("", _("No country, as on line")), *countries]  # type: ignore[attr-defined]
        self.fields["host_cluster"].empty_label = _("None, or not known yet")  # type: ignore[attr-defined]
        self.fields["host_cluster"].queryset = Cluster.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold the days together, and the title apart from the partnership's other events."""
        given = super().clean()
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if ends_on and (starts_on is None or ends_on < starts_on):
            self.add_error("ends_on", _("It cannot end before it starts."))
        same = ProgrammeEvent.objects.filter(partnership=self.instance.partnership, title=given.get("title", ""))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("title", _("The partnership has published an event of this title already."))
        return given
