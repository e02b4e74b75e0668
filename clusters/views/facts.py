"""The programme's dated facts: their lists, entering and correcting one, and a whole table of rates at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_stubs_ext import StrOrPromise

from clusters import facts, permissions, rate_tables, signed
from clusters.enums import Mark
from clusters.forms import facts as forms
from clusters.forms.rate_tables import RateTableForm
from clusters.models import EligibilityRule, EligibleCountry, LumpSumRate, PublicHoliday, RuleSetting, Wave
from clusters.models.programme import DatedFact
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page
from extratex.shared.versions import versions_of

ROWS = 50

EFFECT = gettext_lazy(
    "The fact counts from its first day on. The one before it ends by itself on the day before; what is signed by then "
    "keeps its sum."
)

type Columns = tuple[tuple[StrOrPromise, Callable[[Any], object]], ...]


@dataclass(frozen=True)
class Kind:
    """One kind of fact: its words, its form, and what its list shows."""

    title: StrOrPromise
    intro: StrOrPromise
    add: StrOrPromise
    model: type[models.Model]
    form: type[forms.FactForm | forms.PlainForm]
    columns: Columns
    related: tuple[str, ...] = ()
    number: int | None = None
    effect: StrOrPromise = EFFECT

    @property
    def is_dated(self) -> bool:
        """Tell whether its rows have a validity."""
        return issubclass(self.model, DatedFact)

    @property
    def can_be_taken_back(self) -> bool:
        """Tell whether a row that was entered by mistake may go; to a wave other facts belong."""
        return self.model is not Wave

    @property
    def rows(self) -> Any:
        """Return all rows, with what their list shows."""
        rows = self.model._default_manager.all()
        return rows.select_related(*self.related) if self.related else rows

    def in_order(self, rows: Any) -> Any:
        """Return rows as people look for them: by the name of the country where they have one, not by its code."""
        has_country = any(field.name == "country" for field in self.model._meta.fields)
        return sorted(rows, key=lambda row: str(row.country.name)) if has_country else rows


KINDS = {
    "rates": Kind(
        gettext_lazy("Lump sums"),
        gettext_lazy("The full amount for a stay in each host country."),
        gettext_lazy("Enter a lump sum"),
        LumpSumRate,
        forms.RateForm,
        (
            (gettext_lazy("Host country"), lambda row: row.country.name),
            (gettext_lazy("Full amount (EUR)"), lambda row: f"{row.amount:,.2f}"),
        ),
        number=1,
    ),
    "rules": Kind(
        gettext_lazy("Rule settings"),
        gettext_lazy("The numbers that the rules of the programme work with."),
        gettext_lazy("Enter a number"),
        RuleSetting,
        forms.SettingForm,
        (
            (gettext_lazy("Rule"), lambda row: row.get_name_display()),
            (gettext_lazy("Value"), lambda row: f"{row.value.normalize():,f}"),
        ),
        number=1,
    ),
    "eligibility": Kind(
        gettext_lazy("Eligibility table"),
        gettext_lazy("Who may visit and who may host, by wave, role and type of organisation."),
        gettext_lazy("Enter a rule"),
        EligibilityRule,
        forms.EligibilityForm,
        (
            (gettext_lazy("Role and organisation"), lambda row: f"{row.get_role_display()}: {_type(row)}"),
            (gettext_lazy("Verdict"), lambda row: row.get_verdict_display()),
            (gettext_lazy("Wave"), lambda row: row.wave.name),
        ),
        related=("wave",),
    ),
    "countries": Kind(
        gettext_lazy("Eligible countries"),
        gettext_lazy("The countries whose organisations may visit and host."),
        gettext_lazy("Enter a country"),
        EligibleCountry,
        forms.CountryForm,
        (
            (gettext_lazy("Country"), lambda row: row.country.name),
            (gettext_lazy("Reached by SEPA"), lambda row: row.get_sepa_display()),
        ),
    ),
    "holidays": Kind(
        gettext_lazy("Public holidays by hand"),
        gettext_lazy("Days that the calendar of the portal lacks, or calls a holiday though people work."),
        gettext_lazy("Enter a day"),
        PublicHoliday,
        forms.HolidayForm,
        (
            (gettext_lazy("Country"), lambda row: row.country.name),
            (gettext_lazy("Day"), lambda row: row.day),
            (gettext_lazy("Name"), lambda row: row.name),
            (gettext_lazy("Counts as"), lambda row: _("working day") if row.is_worked else _("holiday")),
        ),
        effect=gettext_lazy("The day counts at once in every file that is not signed yet."),
    ),
    "waves": Kind(
        gettext_lazy("Waves"),
        gettext_lazy("The rounds of the programme, with the words that stand at the foot of their pages and papers."),
        gettext_lazy("Enter a wave"),
        Wave,
        forms.WaveForm,
        (
            (gettext_lazy("Wave"), lambda row: row.name),
            (gettext_lazy("From"), lambda row: row.starts_on),
            (gettext_lazy("To"), lambda row: row.ends_on),
            (gettext_lazy("Beside the emblem"), lambda row: row.emblem_text),
        ),
        effect=gettext_lazy(
            "The words stand on every page of the wave at once; papers that were drawn up keep theirs."
        ),
    ),
}
STANDINGS = {
    "now": (gettext_lazy("In force"), "ok"),
    "later": (gettext_lazy("Later"), "wait"),
    "past": (gettext_lazy("Over"), ""),
}


def _type(row: EligibilityRule) -> str:
    return row.get_organisation_type_display()


@require_GET
def overview(request: HtmxHttpRequest) -> HttpResponse:
    """Show the kinds of facts, what is in force of each, and how much of it has to be checked."""
    _authorise(request)
    kinds = [
        {
            "kind": kind,
            "url": reverse("clusters:fact_list", args=[slug]),
            **_counted(kind),
        }
        for slug, kind in KINDS.items()
    ]
    return render_page(request, "clusters/facts/overview.html", {"kinds": kinds, "signed": signed.last_signing_day()})


@require_GET
def fact_list(request: HtmxHttpRequest, kind: str) -> HttpResponse:
    """List the facts of a kind: those in force unless others are asked for."""
    chosen = _kind(request, kind)
    wanted = request.GET.get("show", "now" if chosen.is_dated else "all")
    rows = chosen.rows.filter(_standing(chosen, wanted))
    page = Paginator(chosen.in_order(rows), ROWS).get_page(request.GET.get("page"))
    context = {
        "kind": chosen,
        "slug": kind,
        "crumbs": _crumbs(chosen),
        "pills": _pills(kind, wanted) if chosen.is_dated else [],
        "headings": [heading for heading, _cell in chosen.columns],
        "page": page,
        "rows": [_listed(chosen, kind, row) for row in page],
        "uncertain": chosen.is_dated and _in_force(chosen).exclude(mark=Mark.TEXT).exists(),
    }
    return render_page(request, "clusters/facts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxHttpRequest, kind: str) -> HttpResponse:
    """Enter a fact of a kind."""
    chosen = _kind(request, kind)
    form = chosen.form(request.POST or None)
    if request.method == "POST" and form.is_valid() and _store(form):
        messages.success(request, _("Entered."))
        return redirect("clusters:fact_list", kind)
    context = {"kind": chosen, "slug": kind, "crumbs": _crumbs(chosen, chosen.add), "form": form}
    return render_page(request, "clusters/facts/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HtmxHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Correct a fact, and show who changed what when."""
    chosen = _kind(request, kind)
    with transaction.atomic():
        row = get_object_or_404(chosen.model._default_manager.select_for_update(), pk=pk)
        form = chosen.form(request.POST or None, instance=row)
        if request.method == "POST" and form.is_valid() and _store(form):
            messages.success(request, _("Saved."))
            return redirect("clusters:fact", kind, pk)
    stored = chosen.model._default_manager.get(pk=pk)
    context = {
        "kind": chosen,
        "slug": kind,
        "crumbs": _crumbs(chosen, str(stored)),
        "form": form,
        "fact": stored,
        "is_signed": getattr(form, "is_signed", False),
        "signed": signed.last_signing_day(),
        "versions": versions_of(stored),
    }
    return render_page(request, "clusters/facts/edit.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: HtmxHttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a fact back that was entered by mistake, as long as nothing was signed under it."""
    chosen = _kind(request, kind)
    if not chosen.can_be_taken_back:
        raise Http404
    with transaction.atomic():
        row: Any = get_object_or_404(chosen.model._default_manager.select_for_update(), pk=pk)
        try:
            facts.take_back(row) if chosen.is_dated else row.delete()
        except facts.FactRefused as fault:
            messages.error(request, str(fault))
            return redirect("clusters:fact", kind, pk)
    messages.success(request, _("Taken back. Its history stays."))
    return redirect("clusters:fact_list", kind)


@require_http_methods(["GET", "HEAD", "POST"])
def import_rates(request: HtmxHttpRequest) -> HttpResponse:
    """Read a table of rates, show what it changes or what is wrong with which cell, and store it when confirmed."""
    kind = _kind(request, "rates")
    start = {"text": rate_tables.present_table(_next_year())} if "start" in request.GET else None
    form = RateTableForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid() and "store" in request.POST and _store_table(request, form):
        return redirect(f"{reverse('clusters:fact_list', args=['rates'])}?show=later")
    table = form.table
    context = {
        "crumbs": [*_crumbs(kind, _("Import a table"))],
        "form": form,
        "table": table,
        "headings": [rate_tables.shown(name) for name in rate_tables.COLUMNS],
        "rows": [_previewed(row) for row in sorted(table.rows, key=lambda row: not row.faults)] if table else [],
        "can_store": form.is_bound and form.is_valid(),
    }
    status = 422 if form.errors else 200
    return render_page(request, "clusters/facts/import.html", context, status=status)


def _next_year() -> date:
    return date(clock.today().year + 1, 1, 1)


def _authorise(request: HtmxHttpRequest) -> None:
    if not permissions.can_edit_facts(request.user):
        raise PermissionDenied


def _kind(request: HtmxHttpRequest, slug: str) -> Kind:
    _authorise(request)
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _standing(kind: Kind, wanted: str) -> Q:
    today = clock.today()
    if not kind.is_dated:
        return Q()
    return {
        "now": Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today)),
        "later": Q(valid_from__gt=today),
        "past": Q(valid_to__lt=today),
    }.get(wanted, Q())


def _in_force(kind: Kind) -> Any:
    return kind.model._default_manager.filter(_standing(kind, "now"))


def _counted(kind: Kind) -> dict[str, object]:
    rows = _in_force(kind)
    if not kind.is_dated:
        return {"count": rows.count(), "uncertain": 0, "later": 0}
    return {
        "count": rows.count(),
        "uncertain": rows.exclude(mark=Mark.TEXT).count(),
        "later": kind.model._default_manager.filter(_standing(kind, "later")).count(),
    }


def _pills(slug: str, wanted: str) -> list[dict[str, object]]:
    url = reverse("clusters:fact_list", args=[slug])
    labels = {"now": _("In force"), "later": _("Later"), "past": _("Over"), "all": _("All")}
    return [{"label": label, "url": f"{url}?show={name}", "current": name == wanted} for name, label in labels.items()]


def _listed(kind: Kind, slug: str, row: Any) -> dict[str, object]:
    label, tone = STANDINGS[facts.standing(row)] if kind.is_dated else ("", "")
    return {
        "url": reverse("clusters:fact", args=[slug, row.pk]),
        "cells": [cell(row) for _heading, cell in kind.columns],
        "row": row,
        "label": label,
        "tone": tone,
        "uncertain": kind.is_dated and row.mark != Mark.TEXT,
    }


def _crumbs(kind: Kind, last: StrOrPromise = "") -> list[tuple[StrOrPromise, str]]:
    slug = next(slug for slug, each in KINDS.items() if each is kind)
    way = [
        (_("Programme facts"), reverse("clusters:facts")),
        (kind.title, reverse("clusters:fact_list", args=[slug])),
    ]
    return [*way, (last, "")] if last else way


def _store(form: Any) -> bool:
    """Store, or put it on the form where somebody entered the same fact at the same moment."""
    try:
        with transaction.atomic():
            form.store()
    except facts.FactRefused as fault:
        form.add_error(fault.field, str(fault))
        return False
    except IntegrityError:
        form.add_error(None, _("Somebody entered the same fact at this very moment: look at the list."))
        return False
    return True


def _store_table(request: HtmxHttpRequest, form: RateTableForm) -> bool:
    if form.table is None:
        return False
    try:
        number = facts.store_all(sorted(form.table.rates, key=lambda rate: rate.valid_from))
    except (facts.FactRefused, IntegrityError) as fault:
        form.add_error("text", str(fault) if isinstance(fault, facts.FactRefused) else _("Somebody was faster."))
        return False
    messages.success(request, _("%(number)s lump sums entered.") % {"number": number})
    return True


def _previewed(row: rate_tables.Row) -> dict[str, object]:
    cells = [(row.cells[name], row.faults.get(name, "")) for name in rate_tables.COLUMNS]
    return {
        "number": row.number,
        "country": row.rate.country.name if row.rate else "",
        "cells": cells,
        "before": rate_tables.amount_before(row),
        "faults": row.faults,
    }
