"""Up to three candidatures beside each other, as one of the person's own candidatures on the other side sees them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clusters.enums import ParticipantRole
from clusters.words import period_in_words
from extratex.shared.languages import language_names
from matchmaking import inputs, pages, queries
from matchmaking.engine import windows
from matchmaking.engine.candidates import why_not
from matchmaking.engine.merits import kilometres, score_of
from matchmaking.engine.model import Host, Visitor, Window
from matchmaking.models import Candidature, MatchRun, Proposal
from matchmaking.shown import Shown
from matchmaking.words import listed, rule_in_words

MOST = 3


@dataclass(frozen=True)
class Piece:
    """One word of a cell, and whether one's own candidature has it too."""

    text: str
    is_common: bool = False


@dataclass(frozen=True)
class Fit:
    """How one of them fits one's own candidature: a score with its reasons, or the rules that keep the two apart.

    `together` are the periods in which both are free.
    """

    score: float | None
    whys: list[pages.Why]
    against: list[str]
    together: list[Window]


@dataclass(frozen=True)
class Column:
    """One candidature of the comparison."""

    shown: Shown
    fit: Fit | None
    proposal: Proposal | None


@dataclass(frozen=True)
class Table:
    """The comparison: a column for each candidature, and rows of cells in the order of the columns."""

    columns: list[Column]
    rows: list[tuple[str, list[list[Piece]]]]
    own: Candidature | None


type Cells = Callable[[Candidature], list[Piece]]


def compare(shown: Sequence[Shown], own: Candidature | None) -> Table:
    """Lay candidatures of one role beside each other; `own` is one's candidature of the other role, if there is one."""
    others = [each.candidature for each in shown]
    fits = _fits(shown, own) if own is not None else {}
    proposals = queries.proposals_by_partner(own) if own is not None else {}
    columns = [Column(each, fits.get(each.pk), proposals.get(each.pk)) for each in shown]
    rows = [(_("Place"), [[Piece(each.place)] for each in shown])]
    rows.append((_("Sectors"), [_sectors(each, own) for each in others]))
    for label, cells in _rows(others, own, fits):
        rows.append((label, [cells(each.candidature) if each.is_named else [_hidden()] for each in shown]))
    return Table(columns, rows, own)


def _rows(others: Sequence[Candidature], own: Candidature | None, fits: Mapping[int, Fit]) -> list[tuple[str, Cells]]:
    is_visitor = bool(others) and others[0].is_visitor
    rows: list[tuple[str, Cells]] = [
        (_("Kind of organisation"), lambda each: [Piece(each.organisation.get_type_display())]),
        (_("Seeks") if is_visitor else _("Offers"), lambda each: _terms(each, own, "technologies")),
        (_("Purposes"), lambda each: _terms(each, own, "purposes")),
        (_("Languages"), lambda each: _languages(each, own)),
        (_("Free"), _free),
    ]
    if own is not None:
        rows.insert(0, (_("Distance from you"), lambda each: [Piece(_distance(each, own))]))
        rows.append((_("Free at the same time as you"), lambda each: _free_together(fits.get(each.pk))))
    if is_visitor:
        rows.append((_("Working days"), lambda each: [Piece(str(each.days))]))
        rows.append((_("Why, and what it expects"), lambda each: _text(each.motivation)))
    else:
        left = _places_left(others)
        rows.append((_("Places left"), lambda each: [Piece(str(left[each.pk]))]))
        rows.append((_("What a visitor learns"), lambda each: _text(each.motivation)))
        rows.append((_("What a visit would look like"), lambda each: _text(each.visit)))
    return [*rows, (_("Expertise"), lambda each: _text(each.expertise))]


def _text(written: str) -> list[Piece]:
    return [Piece(written)] if written else []


def _hidden() -> Piece:
    return Piece(_("shown once there is a proposal"))


def _terms(each: Candidature, own: Candidature | None, name: str) -> list[Piece]:
    """Return the words of a vocabulary, those in common first."""
    common = {term.pk for term in getattr(own, name).all()} if own is not None else set()
    pieces = [Piece(term.name, term.pk in common) for term in getattr(each, name).all()]
    return sorted(pieces, key=lambda piece: (not piece.is_common, piece.text))


def _sectors(each: Candidature, own: Candidature | None) -> list[Piece]:
    common = {term.pk for term in own.organisation.sectors.all()} if own is not None else set()
    return [Piece(term.name, term.pk in common) for term in each.organisation.sectors.all()]


def _languages(each: Candidature, own: Candidature | None) -> list[Piece]:
    common = set(own.languages) if own is not None else set()
    spoken = sorted(each.languages, key=lambda code: (code not in common, code))
    return [Piece(name, code in common) for code, name in zip(spoken, language_names(spoken), strict=True)]


def _free(each: Candidature) -> list[Piece]:
    return [Piece(pages.periods_of(each) or _("no period lies ahead"))]


def _free_together(fit: Fit | None) -> list[Piece]:
    if fit is None or not fit.together:
        return [Piece(_("never"))]
    return [Piece(listed(period_in_words(first, last) for first, last in fit.together), is_common=True)]


def _distance(each: Candidature, own: Candidature) -> str:
    here, there = own.organisation, each.organisation
    km = kilometres((here.latitude, here.longitude), (there.latitude, there.longitude))
    return _("about %(km)s km as the crow flies") % {"km": km}


def _places_left(hosts: Sequence[Candidature]) -> dict[int, int]:
    accepted = queries.visitors_accepted([each.pk for each in hosts])
    return {each.pk: max(each.capacity - accepted.get(each.pk, 0), 0) for each in hosts}


def _fits(shown: Sequence[Shown], own: Candidature) -> dict[int, Fit]:
    """Judge each pair by the rules of today, and score it as the last whole run would have."""
    read = [each for each in shown if each.candidature.wave_id == own.wave_id]
    same_wave = [each.candidature for each in read]
    if own.role == ParticipantRole.VISITOR:
        visitors = inputs.visitors_from([own], own.wave) * len(same_wave)
        hosts = inputs.hosts_from(same_wave, own.wave)
    else:
        visitors = inputs.visitors_from(same_wave, own.wave)
        hosts = inputs.hosts_from([own], own.wave) * len(same_wave)
    run = queries.last_ranking(own.wave)
    pairs = zip(read, visitors, hosts, strict=True)
    return {each.pk: _fit(visitor, host, run, each, own.role) for each, visitor, host in pairs}


def _fit(visitor: Visitor, host: Host, run: MatchRun | None, shown: Shown, reader: str) -> Fit:
    against = [rule_in_words(reason, reader) for reason in why_not(visitor, host)]
    together = windows.common(visitor.windows, host.windows)
    if against or run is None:
        return Fit(None, [], against, together)
    merits = pages.merits_by(run.parameters, visitor, host)
    return Fit(score_of(merits), pages.whys(merits, is_named=shown.is_named), [], together)
