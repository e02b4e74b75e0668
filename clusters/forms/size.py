"""The page of a registration that asks for type and size, with the enterprises whose figures count too."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.forms.utils import ErrorDict
from django.template.defaultfilters import floatformat
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters import sizes
from clusters.drafts import Page
from clusters.enums import EnterpriseRelation, OrganisationType, Vocabulary
from clusters.forms.offers import OneOffered
from clusters.forms.pages import PageForm, raw_answers
from clusters.models import Organisation, RelatedEnterprise
from clusters.rules.size import Assessment
from clusters.sizes import Explanation

PREFIX = "related"
MOST = 20
WHOLE = Decimal(100)


class EnterpriseForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """One partner or linked enterprise; a row without a word in it is left out."""

    class Meta:
        model = RelatedEnterprise
        fields = ("name", "relation", "share", "headcount", "turnover_eur", "balance_eur")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["share"].required = False
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "name",
            "relation",
            Div(
                Field("share", wrapper_class="col-sm-6"), Field("headcount", wrapper_class="col-sm-6"), css_class="row"
            ),
            Div(
                Field("turnover_eur", wrapper_class="col-sm-6"),
                Field("balance_eur", wrapper_class="col-sm-6"),
                css_class="row",
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the share of a partner; a linked enterprise counts in full without one."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("share") is None and not self.has_error("share"):
            if given.get("relation") == EnterpriseRelation.LINKED:
                given["share"] = WHOLE
            elif self.has_changed():
                self.add_error("share", _("Say how many per cent are held: a partner counts by its share."))
        return given


ENTERPRISES = forms.formset_factory(EnterpriseForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True)


class SizeForm(PageForm):
    """Which type of organisation it is, and how large."""

    slug = "size"
    title = gettext_lazy("Type and size")
    found = "clusters/registration/size.html"
    also = ("related_enterprises",)
    rows_template = "clusters/registration/enterprises.html"

    class Meta:
        model = Organisation
        fields = (
            "type",
            "scaling_up_kind",
            "headcount",
            "turnover_eur",
            "balance_eur",
            "is_publicly_controlled",
        )
        field_classes: ClassVar = {"scaling_up_kind": OneOffered}
        help_texts: ClassVar = {
            "scaling_up_kind": gettext_lazy("Only for scaling-up support organisations."),
            "headcount": gettext_lazy("Of your organisation alone, part-time staff by their share."),
            "turnover_eur": gettext_lazy("Of the last closed year, without VAT."),
            "is_publicly_controlled": gettext_lazy(
                "An organisation of which public bodies control a quarter is no SME, whatever its size. Universities, "
                "research centres, regional development funds and towns under 5,000 inhabitants do not count up to "
                "a half."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.offers.terms(Vocabulary.SCALING_UP_KIND)
        self.fields["scaling_up_kind"].let_choose(kinds)  # type: ignore[attr-defined]

    @classmethod
    def asks(cls, name: str) -> bool:
        """Take the rows of the enterprises too."""
        return super().asks(name) or name.startswith(f"{PREFIX}-")

    @cached_property
    def rows(self) -> Any:
        """Return the rows of the enterprises, a formset."""
        counted = {f"{PREFIX}-TOTAL_FORMS": ["0"], f"{PREFIX}-INITIAL_FORMS": ["0"]}
        return ENTERPRISES(MultiValueDict(counted | self.raw), prefix=PREFIX)

    @cached_property
    def enterprises(self) -> list[RelatedEnterprise]:
        """Return the enterprises of the rows that are right."""
        return [row.instance for row in self.rows if row.has_changed() and row.is_valid()]

    def quiet(self) -> None:
        """Be quiet about the enterprises too."""
        super().quiet()
        for row in self.rows:
            row._errors = ErrorDict()

    def note_remarks(self, remarks: Mapping[str, str]) -> None:
        """Take the remark on the enterprises too, which no single field bears."""
        super().note_remarks(remarks)
        self.remark_on_enterprises = remarks.get("related_enterprises", "")

    def clean(self) -> dict[str, Any]:
        """Check what only several answers together can tell."""
        super().clean()
        self._clean_kind()
        self.enterprises  # noqa: B018 read before anybody quiets the rows
        if not self.rows.is_valid():
            self.add_error(None, _("Look at the partner and linked enterprises: something is missing or wrong there."))
        if self.cleaned_data.get("type") == OrganisationType.SME:
            self._clean_sme()
        return self.cleaned_data

    def assessment(self) -> Assessment | None:
        """Return the size by the figures as far as they are right."""
        figures = {name: self.cleaned_data.get(name) for name in ("headcount", "turnover_eur", "balance_eur")}
        own = Organisation(**figures, is_publicly_controlled=bool(self.cleaned_data.get("is_publicly_controlled")))
        return sizes.assess_figures(own, self.enterprises)

    @cached_property
    def explanation(self) -> Explanation | None:
        """Return the size in words, line by line; nothing without a number of staff."""
        found = self.assessment() if self.is_bound and (self.errors or self.cleaned_data) else None
        return None if found is None else sizes.explain(found)

    def facts(self) -> list[tuple[str, str]]:
        """Tell the enterprises and the size class too."""
        enterprises = "; ".join(_described(each) for each in self.enterprises)
        size = self.explanation.label if self.explanation else ""
        return [
            *super().facts(),
            (_("Partner and linked enterprises"), enterprises or _("None")),
            (_("Size by the European definition"), size),
        ]

    def save_related(self) -> None:
        """Store the enterprises in place of the old ones."""
        self.instance.related_enterprises.all().delete()
        for enterprise in self.enterprises:
            enterprise.organisation = self.instance
            enterprise.save()

    def _clean_kind(self) -> None:
        is_support = self.cleaned_data.get("type") == OrganisationType.SCALING_UP
        if is_support and not self.cleaned_data.get("scaling_up_kind"):
            self.add_error("scaling_up_kind", _("Say which kind of support organisation you are."))
        if not is_support:
            self.cleaned_data["scaling_up_kind"] = None

    def _clean_sme(self) -> None:
        if self.cleaned_data.get("headcount") is None:
            if not self.has_error("headcount"):
                self.add_error("headcount", _("An SME has to say how many people work for it."))
            return
        found = self.assessment()
        if found is not None and not found.is_sme and self.rows.is_valid():
            self.add_error("type", " ".join([_("By these figures this is no SME."), *sizes.explain(found).reasons]))


def _described(enterprise: RelatedEnterprise) -> str:
    """Return everything that was said of an enterprise, in a line."""
    figures = {
        _("%(value)s %% held"): enterprise.share,
        _("%(value)s people"): enterprise.headcount,
        _("turnover of €%(value)s"): enterprise.turnover_eur,
        _("balance sheet of €%(value)s"): enterprise.balance_eur,
    }
    known = ((text, floatformat(value, "-2g")) for text, value in figures.items() if value is not None)
    said = [str(enterprise.get_relation_display()), *(text % {"value": value} for text, value in known)]
    return f"{enterprise.name} ({', '.join(said)})"


def raw_enterprises(enterprises: list[RelatedEnterprise]) -> Page:
    """Return the rows as somebody would have typed them."""
    page: Page = {f"{PREFIX}-TOTAL_FORMS": [str(len(enterprises))], f"{PREFIX}-INITIAL_FORMS": ["0"]}
    for number, enterprise in enumerate(enterprises):
        page |= raw_answers(EnterpriseForm(instance=enterprise, prefix=f"{PREFIX}-{number}"))
    return page


def with_row_changed(page: Page, wish: str) -> Page:
    """Return a page with an empty row more ("add"), or without the row of that number ("2")."""
    rows = _rows_of(page)
    if wish == "add":
        rows = [*rows, {}][:MOST]
    elif wish.isdecimal() and len(wish) < len(str(MOST)) + 1:
        rows = [row for number, row in enumerate(rows) if number != int(wish)]
    rest = {name: values for name, values in page.items() if not name.startswith(f"{PREFIX}-")}
    counted = {f"{PREFIX}-TOTAL_FORMS": [str(len(rows))], f"{PREFIX}-INITIAL_FORMS": ["0"]}
    numbered = {f"{PREFIX}-{number}-{name}": values for number, row in enumerate(rows) for name, values in row.items()}
    return rest | counted | numbered


def _rows_of(page: Page) -> list[Page]:
    total = page.get(f"{PREFIX}-TOTAL_FORMS", ["0"])[-1]
    number = min(int(total), MOST) if total.isdecimal() and len(total) < len(str(MOST)) + 1 else 0
    return [
        {name: page[key] for name in EnterpriseForm.base_fields if (key := f"{PREFIX}-{row}-{name}") in page}
        for row in range(number)
    ]
