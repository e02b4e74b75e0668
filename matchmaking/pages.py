"""What the pages of this app say: where a candidature or a proposal stands, its facts, why there is no match."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_countries import countries as all_countries

from clusters.enums import OrganisationStatus, OrganisationType, RuleName
from clusters.models import Wave
from clusters.pages import Phase
from clusters.queries import RuleMissing, rule_value
from extratex.shared import clock
from extratex.shared.languages import language_names
from matchmaking import inputs
from matchmaking.engine.candidates import why_not
from matchmaking.engine.merits import merits_of
from matchmaking.engine.model import Host, Merit, Supply, Visitor, Weights
from matchmaking.enums import CandidatureStatus as Status
from matchmaking.enums import ProposalStatus
from matchmaking.models import Candidature, PlannedPair, Proposal, Suggestion
from matchmaking.words import listed, merit_in_words, rule_in_words, window_in_words

type Fact = tuple[str, str]

MOST_WORDS_OF_A_LIST = 6


@dataclass(frozen=True)
class Why:
    """One reason of a suggestion in words, with the points that it adds to the score."""

    text: str
    points: float


def phases_of(candidature: Candidature) -> list[Phase]:
    """Return the four phases; with a candidature one is in the second."""
    organisation = candidature.organisation
    is_validated = organisation.status == OrganisationStatus.VALIDATED
    return [
        Phase(_("Registration"), organisation.get_status_display(), "done" if is_validated else "now"),
        Phase(
            _("Matching"), _("Candidature: %(status)s") % {"status": candidature.get_status_display().lower()}, "now"
        ),
        Phase(_("Exchange building"), _("Dates, agenda, signatures"), "todo"),
        Phase(_("Exchange finalisation"), _("Report, evidence, payment"), "todo"),
    ]


def phases_of_proposal(proposal: Proposal) -> list[Phase]:
    """Return the four phases; an accepted proposal has led to the third."""
    is_accepted = proposal.status == ProposalStatus.ACCEPTED
    return [
        Phase(_("Registration"), _("Both sides are validated"), "done"),
        Phase(
            _("Matching"),
            _("Proposal: %(status)s") % {"status": proposal.get_status_display().lower()},
            "done" if is_accepted else "now",
        ),
        Phase(_("Exchange building"), _("Dates, agenda, signatures"), "now" if is_accepted else "todo"),
        Phase(_("Exchange finalisation"), _("Report, evidence, payment"), "todo"),
    ]


def whereabouts(candidature: Candidature) -> str:
    """Say with whom the candidature lies, since when, and until when an answer may be expected."""
    since = localtime(candidature.status_since)
    values = {
        "since": date_format(since, "j F Y"),
        "cluster": candidature.organisation.reference_cluster.short_name,
        "due": date_format(since + timedelta(days=_answer_days()), "j F Y"),
    }
    sentences = {
        Status.DRAFT: _("A draft since %(since)s: nobody else sees it yet."),
        Status.SUBMITTED: _("With %(cluster)s since %(since)s; an answer is due by %(due)s."),
        Status.CHANGES_REQUESTED: _("Back with the organisation since %(since)s."),
        Status.VALIDATED: _("Validated by %(cluster)s; takes part in the matching since %(since)s."),
        Status.DORMANT: _("Dormant since %(since)s: nobody has said whether it still holds."),
        Status.REJECTED: _("Rejected by %(cluster)s on %(since)s."),
        Status.WITHDRAWN: _("Withdrawn on %(since)s."),
    }
    return sentences[Status(candidature.status)] % values


def wish_of(candidature: Candidature) -> list[Fact]:
    """Return what a candidature seeks or offers, for its own people and for those who decide on it."""
    return [*profile_of(candidature), *_kept_to_itself(candidature)]


def _kept_to_itself(candidature: Candidature) -> list[Fact]:
    """Return what the other side does not read."""
    own = [(_("People who travel"), str(candidature.travellers))]
    if not candidature.is_visitor:
        periods = candidature.availabilities.all()
        limited = [each for each in periods if each.capacity is not None and each.capacity < candidature.capacity]
        places = listed(f"{window_in_words(each)}: {each.capacity}" for each in limited)
        own = [
            (_("Visitors that it can receive"), str(candidature.capacity)),
            (_("Fewer in a period"), places or _("no")),
        ]
    return [
        (_("Countries left out"), _countries(candidature.excluded_countries) or _("none")),
        *own,
        (_("Name of the organisation"), _("shown") if candidature.is_named else _("shown from a proposal on")),
        (
            _("Person in charge"),
            f"{candidature.contact} ({_('shown') if candidature.shows_contact else _('not shown')})",
        ),
    ]


def profile_of(candidature: Candidature) -> list[Fact]:
    """Return what the other side may read of a candidature."""
    shared = [
        (_("Sectors"), listed(term.name for term in candidature.sectors.all()) or _("any")),
        (_("Expertise"), candidature.expertise),
        (_("Languages"), listed(language_names(candidature.languages))),
        (_("Kinds of partner wished"), _types(candidature.partner_types) or _("any")),
        (_("Available"), periods_of(candidature) or _("no period lies ahead")),
    ]
    purposes = listed(term.name for term in candidature.purposes.all())
    technologies = listed(term.name for term in candidature.technologies.all())
    if not candidature.is_visitor:
        return [
            (_("Offers"), technologies),
            (_("A visit is good for"), purposes),
            *shared,
            (_("What a visitor learns"), candidature.motivation),
            (_("What a visit would look like"), candidature.visit),
        ]
    return [
        (_("Seeks"), technologies),
        (_("The visit is for"), purposes),
        (_("Preferred countries"), _countries(candidature.countries) or _("any")),
        *shared,
        (_("Working days"), str(candidature.days)),
        (_("Why, and what it expects"), candidature.motivation),
    ]


def _countries(codes: Sequence[str]) -> str:
    return listed(str(all_countries.name(code)) for code in codes)


def _types(names: Sequence[str]) -> str:
    return listed(str(OrganisationType(name).label) for name in names)


def organisation_facts(candidature: Candidature) -> list[Fact]:
    """Return what anybody who may see the candidature reads of its organisation."""
    organisation = candidature.organisation
    return [
        (_("Type"), organisation.get_type_display()),
        (_("Place"), organisation.place),
        (_("Sectoral industries"), listed(term.name for term in organisation.sectors.all())),
        (_("What it does"), organisation.description),
        (_("Website"), organisation.website),
    ]


def periods_of(candidature: Candidature) -> str:
    """Return the periods that still lie ahead, in words."""
    today = clock.today()
    ahead = [window for window in candidature.availabilities.all() if window.last_day >= today]
    return listed(window_in_words(window) for window in ahead)


def brief_of(candidature: Candidature) -> list[Fact]:
    """Return the few facts that stand in a list of suggestions."""
    return [
        (_("Seeks") if candidature.is_visitor else _("Offers"), _shortened(candidature)),
        (_("Languages"), listed(language_names(candidature.languages))),
        (_("Available"), periods_of(candidature) or _("no period lies ahead")),
    ]


def whys_of(
    candidature: Candidature, suggestions: Sequence[Suggestion], others_named: Sequence[bool]
) -> list[list[Why]]:
    """Return for each place in a candidature's list the reasons in words, the weightiest first; they make its score.

    `others_named` says of each place whether the reader may know who it is.
    """
    if candidature.is_visitor:
        visitors = inputs.visitors_from([candidature], candidature.wave) * len(suggestions)
        hosts = inputs.hosts_from([each.host for each in suggestions], candidature.wave)
    else:
        visitors = inputs.visitors_from([each.visitor for each in suggestions], candidature.wave)
        hosts = inputs.hosts_from([candidature], candidature.wave) * len(suggestions)
    pairs = zip(suggestions, visitors, hosts, others_named, strict=True)
    return [
        whys(merits_by(suggestion.run.parameters, visitor, host), is_named=is_named)
        for suggestion, visitor, host, is_named in pairs
    ]


def whys_of_pairs(pairs: Sequence[PlannedPair], wave: Wave, parameters: Mapping[str, Any]) -> list[list[Why]]:
    """Return for each pair of a plan the reasons in words, weighed as the plan has weighed them."""
    visitors = inputs.visitors_from([pair.visitor for pair in pairs], wave)
    hosts = inputs.hosts_from([pair.host for pair in pairs], wave)
    pairs_of_both = zip(visitors, hosts, strict=True)
    return [whys(merits_by(parameters, visitor, host), is_named=True) for visitor, host in pairs_of_both]


def merits_by(parameters: Mapping[str, Any], visitor: Visitor, host: Host) -> tuple[Merit, ...]:
    """Weigh the two by the parameters of a run or a plan."""
    weights = Weights.from_values(parameters["weights"])
    supply = Supply(parameters["supply"]["hosts"], parameters["supply"]["offering"])
    return merits_of(visitor, host, weights, supply)


def whys(merits: Iterable[Merit], *, is_named: bool) -> list[Why]:
    """Put merits into words; of who is not named without the distance, which with the country would tell the town."""
    return [
        Why(_("A short journey; the distance is shown with the name."), 0)
        if merit.code == "journey" and not is_named
        else Why(merit_in_words(merit), merit.weight)
        for merit in merits
    ]


def reasons_against(visitor: Candidature, host: Candidature, *, reader: str) -> list[str]:
    """Say to one of the two which hard rules keep them apart today; empty where they may meet."""
    found = why_not(inputs.visitors_from([visitor], visitor.wave)[0], inputs.hosts_from([host], visitor.wave)[0])
    return [rule_in_words(reason, reader) for reason in found]


def _shortened(candidature: Candidature) -> str:
    names = [term.name for term in candidature.technologies.all()]
    more = len(names) - MOST_WORDS_OF_A_LIST
    if more <= 0:
        return listed(names)
    return _("%(names)s and %(number)s more") % {"names": ", ".join(names[:MOST_WORDS_OF_A_LIST]), "number": more}


def _answer_days() -> int:
    try:
        return int(rule_value(RuleName.VALIDATION_DAYS))
    except RuleMissing:
        return 0
