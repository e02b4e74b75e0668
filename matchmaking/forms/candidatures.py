"""The pages of a candidature: what for, in which fields, with whom, and what others see; when stands in periods.py."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters.enums import OrganisationType, ParticipantRole, Vocabulary
from clusters.forms.pages import PageForm
from clusters.models import Term
from clusters.queries import eligible_countries
from matchmaking.forms.periods import HostDates, VisitorDates
from matchmaking.models import Candidature


def several(label: Any, *, help_text: Any = "") -> Any:
    """Return a question to which one ticks as many answers as one likes, or none."""
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def text(rows: int, longest: int) -> forms.Textarea:
    """Return a box for some lines."""
    return forms.Textarea(attrs={"rows": rows, "maxlength": longest})


class PurposePage(PageForm):
    """What a visitor wants to visit for."""

    slug = "purpose"
    title = _("What the visit is for")

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ("purposes", "motivation")
        widgets: ClassVar = {"purposes": forms.CheckboxSelectMultiple, "motivation": text(8, 4000)}
        labels: ClassVar = {
            "purposes": _("What the visit is for"),
            "motivation": _("Motivation: why you want to visit, and what you expect of it"),
        }
        help_texts: ClassVar = {
            "motivation": _("Your reference cluster and the hosts to whom you propose an exchange read this.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purposes"].queryset = Term.objects.of(Vocabulary.PURPOSE)  # type: ignore[attr-defined]


class OfferPage(PurposePage):
    """What a visit to a host is good for."""

    title = _("What a visit to you is good for")

    class Meta(PurposePage.Meta):
        labels: ClassVar = {
            "purposes": _("What a visit to you is good for"),
            "motivation": _("Motivation: what a visitor learns with you"),
        }
        help_texts: ClassVar = {"motivation": _("Shown in the catalogue of hosts, so write it for visitors.")}


class FieldsPage(PageForm):
    """In which fields a visitor seeks something."""

    slug = "fields"
    title = _("What you seek")

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ("technologies", "sectors", "expertise")
        widgets: ClassVar = {
            "technologies": forms.CheckboxSelectMultiple,
            "sectors": forms.CheckboxSelectMultiple,
            "expertise": text(5, 2000),
        }
        labels: ClassVar = {
            "technologies": _("Technologies that you seek"),
            "sectors": _("Sectors that you want to see"),
            "expertise": _("The expertise that you seek, in your own words"),
        }
        help_texts: ClassVar = {
            "technologies": _("Those that you want to learn about. Few hosts offer a rare one, so it counts more."),
            "sectors": _("Your own are ticked already. Another sector counts towards the cross-sector target."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["technologies"].queryset = Term.objects.of(Vocabulary.TECHNOLOGY)  # type: ignore[attr-defined]
        self.fields["sectors"].queryset = Term.objects.of(Vocabulary.SECTOR)  # type: ignore[attr-defined]
        self.fields["technologies"].required = True


class OfferedFieldsPage(FieldsPage):
    """In which fields a host has something to show."""

    title = _("What you offer")

    class Meta(FieldsPage.Meta):
        labels: ClassVar = {
            "technologies": _("Technologies that you offer"),
            "sectors": _("Sectors that a visitor sees with you"),
            "expertise": _("Your expertise, in your own words"),
        }
        help_texts: ClassVar = {
            "technologies": _("Those that you can show, explain or let people try."),
            "sectors": _("Your own are ticked already."),
        }


class VisitPage(PageForm):
    """What a visit would look like."""

    slug = "visit"
    title = _("What a visit would look like")
    lead = _("A few sentences, day by day if you like. Pictures can be added on the page of the candidature.")

    class Meta:
        model = Candidature
        fields = ("visit",)
        widgets: ClassVar = {"visit": text(10, 4000)}
        labels: ClassVar = {"visit": _("What a visitor would see and do with you")}


class PartnersPage(PageForm):
    """Which hosts would suit, and which not."""

    slug = "partners"
    title = _("Whom you would like to visit")

    partner_types = several(
        _("Kinds of host that you wish"),
        help_text=_("Leave all empty if any kind will do. Other kinds are not suggested to you."),
    )
    countries = several(
        _("Countries that you would prefer"),
        help_text=_("Leave all empty if any country will do. Hosts elsewhere are suggested too, but later."),
    )
    excluded_countries = several(
        _("Countries that you leave out"), help_text=_("Hosts there are never suggested to you.")
    )

    class Meta:
        model = Candidature
        fields: tuple[str, ...] = ("languages", "partner_types", "countries", "excluded_countries")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(((code, str(countries.name(code))) for code in eligible_countries()), key=lambda pair: pair[1])
        for name in ("countries", "excluded_countries"):
            if name in self.fields:
                self.fields[name].choices = names  # type: ignore[attr-defined]
        self.fields["partner_types"].choices = OrganisationType.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a country that is preferred and left out at once."""
        super().clean()
        preferred = set(self.cleaned_data.get("countries", []))
        both = sorted(str(countries.name(code)) for code in preferred & set(self.cleaned_data["excluded_countries"]))
        if both:
            told = _("Preferred and left out at once: %(countries)s. Take it out of one of the two.")
            self.add_error("excluded_countries", told % {"countries": ", ".join(both)})
        return self.cleaned_data


class VisitorsPage(PartnersPage):
    """Which visitors would suit a host, and which not."""

    title = _("Whom you would like to receive")

    partner_types = several(
        _("Kinds of visitor that you wish"),
        help_text=_("Leave all empty if any kind will do. You are not suggested to other kinds."),
    )
    countries = None  # so Django takes a question out of a form
    excluded_countries = several(
        _("Countries that you leave out"), help_text=_("You are never suggested to visitors from there.")
    )

    class Meta(PartnersPage.Meta):
        fields = ("languages", "partner_types", "excluded_countries")


class ShownPage(PageForm):
    """What others read of it."""

    slug = "shown"
    title = _("What others see")

    class Meta:
        model = Candidature
        fields = ("is_named", "shows_contact")
        labels: ClassVar = {
            "is_named": _("Show the name of the organisation"),
            "shows_contact": _("Show who is in charge, with the e-mail address"),
        }
        help_texts: ClassVar = {
            "is_named": _("If not, others read only the sectors and the country until there is a proposal."),
            "shows_contact": _("If not, others write through the portal."),
        }


VISITOR = (PurposePage, FieldsPage, PartnersPage, VisitorDates, ShownPage)
HOST = (OfferPage, OfferedFieldsPage, VisitPage, VisitorsPage, HostDates, ShownPage)
PAGES: dict[str, dict[str, type[PageForm]]] = {
    ParticipantRole.VISITOR: {page.slug: page for page in VISITOR},
    ParticipantRole.HOST: {page.slug: page for page in HOST},
}
