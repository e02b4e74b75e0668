"""Looking ahead to a merge, and carrying it out: one transaction, both records locked, nothing half done."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from clusters import permissions, vies
from clusters.enums import OrganisationStatus as Status
from clusters.importing.snapshots import put, snapshot
from clusters.merging.parts import Answers, Pair, keys_of, left_behind, registered
from clusters.merging.values import Value, answers_of, chosen, values_of
from clusters.models import Organisation, OrganisationMerge, User
from clusters.transitions import organisations as transitions
from extratex.shared.moves import MoveConflict, MoveForbidden

LIVING = frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.VALIDATED})
CHANGED = gettext_lazy("Something of the two has changed since you looked: please look again.")


@dataclass(frozen=True)
class Preview:
    """All that somebody has to know before a merge; `mark` stands for the state that was looked at."""

    pair: Pair
    values: tuple[Value, ...]
    moves: tuple[str, ...]
    stays: tuple[str, ...]
    refusals: tuple[StrOrPromise, ...]
    mark: str

    @property
    def questions(self) -> list[Value]:
        """Return the values in which the two differ."""
        return [value for value in self.values if value.differs]


def may_merge(user: Any, organisation: Organisation) -> bool:
    """Tell whether the person may merge an organisation, and its status lets her."""
    is_possible = organisation.status in transitions.ORGANISATION.moves["merge"].sources
    return is_possible and permissions.can_merge(user, organisation)


def preview(pair: Pair, given: Answers) -> Preview:
    """Return what a merge with these answers would do; those that are missing are taken as proposed."""
    values = tuple(values_of(pair, given))
    answers = {value.name: value.chosen for value in values}
    return Preview(
        pair=pair,
        values=values,
        moves=tuple(sentence for part in registered() for sentence in part.shows(pair, answers)),
        stays=tuple(left_behind(pair.merged)),
        refusals=tuple(refusals(pair)),
        mark=mark_of(pair),
    )


def refusals(pair: Pair) -> list[StrOrPromise]:
    """Return in words why the two cannot be merged now."""
    own = _own_refusal(pair)
    return [own] if own else [reason for part in registered() for reason in part.refuses(pair)]


def merge(pair: Pair, *, given: Answers, actor: User, note: str, seen: str) -> OrganisationMerge:
    """Merge the two as they were looked at.

    Raises MoveForbidden, NoteMissing, or MoveConflict with the reason, and leaves no trace.
    """
    try:
        with transaction.atomic():
            fresh = _locked(pair)
            if not all(permissions.can_merge(actor, each) for each in (fresh.kept, fresh.merged)):
                raise MoveForbidden(str(_("You may not do this here.")))
            against = refusals(fresh)
            if against or mark_of(fresh) != seen:
                raise MoveConflict(against[0] if against else CHANGED, fresh.kept)
            return _carry_out(fresh, answers_of(fresh, given), actor, note)
    except IntegrityError as fault:
        raise MoveConflict(CHANGED, pair.kept) from fault


def mark_of(pair: Pair) -> str:
    """Return a mark of everything that a preview is made of."""
    state = [[each.status, str(each.status_since), snapshot(each), keys_of(each)] for each in (pair.kept, pair.merged)]
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()


def _carry_out(pair: Pair, answers: Answers, actor: User, note: str) -> OrganisationMerge:
    after = chosen(pair, answers)
    before = snapshot(pair.kept, after)
    changed = {name: value for name, value in after.items() if value != before[name]}
    vat_of_merged = pair.merged.vat
    moved: dict[str, Any] = {}

    def move_everything(_gone: Organisation) -> None:
        put(pair.kept, changed)
        for part in registered():
            moved.update(part.moves(pair, answers, actor))

    transitions.merge(pair.merged, pair.kept, actor=actor, note=note, effect=move_everything)
    Organisation.with_gone.filter(merged_into=pair.merged).update(merged_into=pair.kept)
    if "vat" in changed:
        vies.ask_for(pair.kept)
    return OrganisationMerge.objects.create(
        kept=pair.kept,
        merged=pair.merged,
        by=actor,
        choices=dict(answers),
        replaced={name: before[name] for name in changed} | {"vat_of_merged": vat_of_merged},
        moved=moved,
    )


def _locked(pair: Pair) -> Pair:
    """Lock the two in the order of their keys, so that two merges never wait for each other."""
    rows = Organisation.with_gone.select_for_update(of=("self",)).select_related("reference_cluster", "scaling_up_kind")
    both = {row.pk: row for row in rows.filter(pk__in=[pair.kept.pk, pair.merged.pk]).order_by("pk")}
    return Pair(both[pair.kept.pk], both[pair.merged.pk])


def _own_refusal(pair: Pair) -> str:
    kept, merged = pair.kept, pair.merged
    if kept.pk == merged.pk:
        return _("An organisation cannot be merged with itself.")
    if merged.status not in transitions.ORGANISATION.moves["merge"].sources:
        return _("%(merged)s is still being written by its people, or is gone already.") % pair.names
    if kept.status not in LIVING:
        return _("%(kept)s does not take part: let the other one stay.") % pair.names
    if merged.status == Status.VALIDATED and kept.status != Status.VALIDATED:
        return _("%(merged)s is validated and %(kept)s is not: let the validated one stay.") % pair.names
    return ""
