"""Locking and forbidding pairs: a wish stands for the partnership and holds from its next plan on."""

from django.db import transaction

from clusters.models import User
from extratex.shared import clock
from matchmaking.enums import WishKind
from matchmaking.models import Candidature, PairWish, Plan


@transaction.atomic
def make(
    plan: Plan, visitor: Candidature, host: Candidature, kind: WishKind, *, by: User, reason: str = ""
) -> PairWish:
    """Lock or forbid a pair for the partnership of a plan; an earlier wish for the pair gives way."""
    wish, _created = PairWish.objects.update_or_create(
        partnership=plan.partnership,
        visitor=visitor,
        host=host,
        defaults={"kind": kind, "reason": reason, "author": by, "made_at": clock.now()},
    )
    return wish


def lift(plan: Plan, visitor: Candidature, host: Candidature) -> bool:
    """Take the wish for a pair back; False where there was none."""
    found = PairWish.objects.filter(partnership=plan.partnership, visitor=visitor, host=host)
    deleted, _rows = found.delete()
    return bool(deleted)


def changed_since(plan: Plan, wishes: list[PairWish]) -> int:
    """Return how many wishes have come, gone or turned since a plan was asked for."""
    before = {(wish["visitor"], wish["host"], wish["kind"]) for wish in plan.parameters["wishes"]}
    now = {(wish.visitor_id, wish.host_id, wish.kind) for wish in wishes}
    return len({(visitor, host) for visitor, host, _kind in before ^ now})
