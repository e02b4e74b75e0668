"""What the pages of an organisation say: where it stands, with whom it lies, its facts in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clusters import queries, sizes
from clusters.enums import OrganisationStatus as Status
from clusters.enums import RuleName, VatState
from clusters.models import Organisation
from clusters.regions import region_of
from clusters.words import listed
from extratex.shared import clock
from extratex.shared.languages import language_names

type Fact = tuple[str, str]

LISTS = ("sectors", "technologies", "ecosystems", "key_technologies", "related_enterprises")


@dataclass(frozen=True)
class Phase:
    """One of the four phases as the progress line draws it."""

    name: str
    text: str
    state: str


def phases_of(organisation: Organisation) -> list[Phase]:
    """Return the four phases; a registration is in the first one until it is validated."""
    is_validated = organisation.status == Status.VALIDATED
    return [
        Phase(_("Registration"), organisation.get_status_display(), "done" if is_validated else "now"),
        Phase(_("Matching"), _("Candidature and proposals"), "now" if is_validated else "todo"),
        Phase(_("Exchange building"), _("Dates, agenda, signatures"), "todo"),
        Phase(_("Exchange finalisation"), _("Report, evidence, payment"), "todo"),
    ]


def whereabouts(
    organisation: Organisation, *, answer_days: int | None = None, first_sent: datetime | None = None
) -> str:
    """Say with whom the registration lies, since when, and until when an answer may be expected.

    `answer_days` spares a list the question of how many they are; `first_sent` is named where it was on another day.
    """
    since = localtime(organisation.status_since)
    due = answer_due(organisation, answer_days)
    values = {
        "since": date_format(since, "j F Y"),
        "cluster": organisation.reference_cluster.short_name,
        "due": date_format(due, "j F Y"),
        "first": date_format(localtime(first_sent), "j F Y") if first_sent else "",
    }
    sentences = {
        Status.DRAFT: _("A draft since %(since)s: nobody else sees it yet."),
        Status.SUBMITTED: _("With %(cluster)s since %(since)s; an answer is due by %(due)s."),
        Status.CHANGES_REQUESTED: _("Back with the organisation since %(since)s."),
        Status.VALIDATED: _("Validated by %(cluster)s on %(since)s."),
        Status.REJECTED: _("Rejected by %(cluster)s on %(since)s."),
    }
    if organisation.status != Status.SUBMITTED:
        return sentences[Status(organisation.status)] % values
    if due < clock.today():
        sentences[Status.SUBMITTED] = _("With %(cluster)s since %(since)s; an answer was due by %(due)s.")
    if first_sent and localtime(first_sent).date() != since.date():
        sentences[Status.SUBMITTED] += " " + _("First handed in on %(first)s.")
    return sentences[Status.SUBMITTED] % values


def answer_due(organisation: Organisation, answer_days: int | None = None) -> date:
    """Return until when a registration that waits shall have its answer."""
    days = queries.days(RuleName.VALIDATION_DAYS) if answer_days is None else answer_days
    return localtime(organisation.status_since).date() + timedelta(days=days)


def value_of(organisation: Organisation, name: str) -> str:
    """Return the answer to one field in words, nothing where there is none."""
    value = getattr(organisation, name)
    if name in LISTS:
        return listed(str(each) for each in value.all())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    special: dict[str, Callable[[], str]] = {
        "type": organisation.get_type_display,
        "country": lambda: str(organisation.country.name),
        "languages": lambda: listed(language_names(organisation.languages)),
        "turnover_eur": lambda: _euro(value),
        "balance_eur": lambda: _euro(value),
    }
    return special[name]() if name in special else str("" if value is None else value)


def identity_of(organisation: Organisation) -> list[Fact]:
    """Return who and where the organisation is."""
    kind = organisation.scaling_up_kind
    street = ", ".join(part for part in (organisation.address, organisation.postcode) if part)
    return [
        (_("Legal name"), organisation.legal_name),
        (_("Type"), organisation.get_type_display() + (f" ({kind})" if kind else "")),
        (_("VAT number"), vat_of(organisation)),
        (_("PIC"), organisation.pic),
        (_("Website"), organisation.website),
        (_("Town"), organisation.place),
        (_("Region"), str(region_of(organisation.nuts) or "")),
        (_("Address"), street),
    ]


def vat_of(organisation: Organisation) -> str:
    """Return the VAT number, and in words what VIES, the European register, has said of it."""
    if not organisation.vat:
        return ""
    asked_at = organisation.vat_checked_at
    day = date_format(localtime(asked_at), "j F Y") if asked_at else ""
    sentences = {
        VatState.UNCHECKED: _("Written as it should be; whether it is in use has not been asked."),
        VatState.PENDING: _("VIES, the European register, is being asked. You need not wait for it."),
        VatState.VALID: _("In use, as VIES said on %(day)s."),
        VatState.INVALID: _("VIES did not know it on %(day)s. Please look at it again."),
        VatState.UNAVAILABLE: _("VIES gave no answer yet, last on %(day)s. It is asked again for some days."),
    }
    return f"{organisation.vat}\n{sentences[VatState(organisation.vat_state)] % {'day': day}}"


def size_of(organisation: Organisation) -> list[Fact]:
    """Return how large it is, with the enterprises that count too, its class and why."""
    found = sizes.assessment_of(organisation)
    explained = sizes.explain(found) if found else None
    enterprises = "\n".join(_counted(row) for row in explained.rows[1:]) if explained else ""
    return [
        (_("Staff"), "" if organisation.headcount is None else str(organisation.headcount)),
        (_("Turnover a year"), _euro(organisation.turnover_eur)),
        (_("Balance sheet total"), _euro(organisation.balance_eur)),
        (_("Partner and linked enterprises"), enterprises),
        (_("Size by the European definition"), "\n".join([explained.label, *explained.reasons]) if explained else ""),
    ]


def work_of(organisation: Organisation) -> list[Fact]:
    """Return what it does and in which languages."""
    return [
        (_("Sectoral industries"), listed(term.name for term in organisation.sectors.all())),
        (_("Technologies"), listed(term.name for term in organisation.technologies.all())),
        (_("Industrial ecosystems"), listed(term.name for term in organisation.ecosystems.all())),
        (_("Key enabling technologies"), listed(term.name for term in organisation.key_technologies.all())),
        (_("Working languages"), listed(language_names(organisation.languages))),
        (_("What it does"), organisation.description),
    ]


def cluster_of(organisation: Organisation) -> list[Fact]:
    """Return its reference cluster, and why it is that one where it was assigned."""
    return [
        (_("Reference cluster"), organisation.reference_cluster.name),
        (_("Why this one"), organisation.cluster_was_assigned or _("Chosen by the organisation.")),
        (_("Member of this cluster"), _("Yes") if organisation.is_cluster_member else _("No")),
    ]


def answers_of(organisation: Organisation) -> dict[str, list[Fact]]:
    """Return all answers of a registration, as clusters/answers.html draws them."""
    return {
        "identity": identity_of(organisation),
        "size": size_of(organisation),
        "work": work_of(organisation),
        "cluster": cluster_of(organisation),
    }


def _counted(row: sizes.Row) -> str:
    figures = _("staff %(staff)s, turnover %(turnover)s, balance sheet %(balance)s")
    values = {"staff": row.staff, "turnover": row.turnover, "balance": row.balance}
    return f"{row.name}: {figures % values}. {row.how}"


def _euro(amount: object) -> str:
    return "" if amount is None else f"€{number_format(amount, decimal_pos=0, force_grouping=True)}"  # type: ignore[arg-type]
