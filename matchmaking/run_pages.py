"""What the pages of the matching say: the figures of a run, what is behind a change, and whose list it has changed."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from matchmaking.models import Candidature, MatchOutcome, MatchRun

type Fact = tuple[str, str]

SHOWN = 20


@dataclass(frozen=True)
class ListChange:
    """What a run has changed in one list, with the names of who is new and who is gone."""

    new: list[Candidature]
    gone: list[Candidature]
    moved: int


def figures_of(run: MatchRun) -> list[Fact]:
    """Return the figures of a run that is over, in the order in which one asks for them."""
    names = {
        "visitors": _("Visitors ranked"),
        "hosts": _("Hosts ranked"),
        "suggestions": _("Suggestions to visitors"),
        "visitors_without": _("Visitors without any host"),
        "hosts_without": _("Hosts without any visitor"),
        "changed": _("Lists of visitors that have changed"),
        "new": _("Suggestions that are new"),
        "gone": _("Suggestions that are gone"),
        "moved": _("Suggestions at another place"),
    }
    known = [(label, f"{run.figures[name]:,}") for name, label in names.items() if name in run.figures]
    return [*known, *_duration(run)]


def causes_of(run: MatchRun) -> list[str]:
    """Say what has changed between the run before and this one."""
    figures = run.figures
    if "before" not in figures:
        return []
    names = wishes()
    weights = [
        _("Weight of “%(wish)s”: %(after)s instead of %(before)s.")
        % {"wish": names.get(name, name), "before": f"{before:g}", "after": f"{after:g}"}
        for name, (before, after) in figures["weights"].items()
    ]
    return [
        _("Candidatures that joined: %(number)s.") % {"number": figures["joined"]},
        _("Candidatures that left: %(number)s.") % {"number": figures["left"]},
        *(weights or [_("The weights are the same.")]),
    ]


def parameters_of(run: MatchRun) -> list[Fact]:
    """Return the weights and the length of the lists by which a run has ranked."""
    names = wishes()
    weights = run.parameters.get("weights", {})
    shown = [(label, f"{weights[name]:g}") for name, label in names.items() if name in weights]
    return [*shown, (_("Partners in a list"), str(run.parameters.get("best", "")))]


def wishes() -> dict[str, str]:
    """Return what each weight is for."""
    return {
        "technologies": _("Technologies sought, rare ones more"),
        "cross_sector": _("Another sector"),
        "purposes": _("Purposes in common"),
        "preferred_country": _("Preferred country"),
        "dates": _("Time free together"),
        "first_time": _("First visit"),
        "travel": _("Short journey"),
        "targets": _("What the targets still lack"),
        "sectors": _("Sectors sought"),
        "earlier_declines": _("Taken off for earlier declines"),
    }


def changed_in(run: MatchRun, user: Any) -> list[MatchOutcome]:
    """Return some of the lists that a run has changed, of candidatures that the person may see."""
    visible = Candidature.objects.visible_to(user)
    rows = MatchOutcome.objects.filter(run=run, candidature__in=visible).exclude(new=[], gone=[], moved=0)
    return list(rows.select_related("candidature__organisation").order_by("candidature")[:SHOWN])


def change_of(run: MatchRun, candidature: Candidature) -> ListChange:
    """Return what a run has changed in the list of a candidature."""
    outcome = MatchOutcome.objects.filter(run=run, candidature=candidature).first()
    if outcome is None:
        return ListChange([], [], 0)
    named = Candidature.objects.filter(pk__in=[*outcome.new, *outcome.gone]).select_related("organisation").in_bulk()
    new, gone = ([named[key] for key in keys if key in named] for keys in (outcome.new, outcome.gone))
    return ListChange(new, gone, outcome.moved)


def _duration(run: MatchRun) -> list[Fact]:
    if run.started_at is None or run.finished_at is None:
        return []
    seconds = (run.finished_at - run.started_at).total_seconds()
    return [(_("Seconds"), f"{seconds:,.1f}")]
