"""What must hold after everything, whatever happened before: each fault test ends here."""

import hashlib
from itertools import pairwise

from django.db.models import Sum

from clusters.models import Budget, RoleEvent
from exchanges.enums import LedgerKind
from exchanges.models import Agreement, Claim, LedgerEntry, Stay
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.shared.moves import MoveEvent


def assert_invariants() -> None:
    """Check money, stays, papers and history against each other, over the whole database."""
    _budgets_are_their_ledgers()
    _claims_are_frozen_sums_paid_once()
    _stays_do_not_overlap()
    _files_are_what_their_hash_says()
    _every_event_has_an_actor_and_follows_the_one_before()


def _budgets_are_their_ledgers() -> None:
    for budget in Budget.objects.all():
        sums = {
            kind: LedgerEntry.objects.filter(budget=budget, kind=kind).aggregate(sum=Sum("amount"))["sum"] or 0
            for kind in LedgerKind
        }
        assert budget.committed == sums[LedgerKind.COMMIT] - sums[LedgerKind.RELEASE], budget
        assert budget.paid == sums[LedgerKind.PAY], budget
        assert 0 <= budget.paid <= budget.committed <= budget.total, budget


def _claims_are_frozen_sums_paid_once() -> None:
    for claim in Claim.objects.select_related("exchange"):
        assert claim.amount == claim.exchange.lump_sum, claim
        assert claim.approved_by_id != claim.claimed_by_id, claim
        assert claim.exchange.entries.filter(kind=LedgerKind.PAY).count() == (claim.status == Claim.Status.PAID), claim


def _stays_do_not_overlap() -> None:
    by_visitor: dict[int, list[Stay]] = {}
    for stay in Stay.objects.filter(live=True):
        by_visitor.setdefault(stay.visitor_id, []).append(stay)
    for stays in by_visitor.values():
        for earlier, later in pairwise(sorted(stays, key=lambda stay: stay.period.lower)):
            assert earlier.period.upper <= later.period.lower, (earlier, later)


def _files_are_what_their_hash_says() -> None:
    for document in Document.objects.exclude(state=State.REFUSED):
        with document.file.open("rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == (document.sha256 or document.upload_sha256), (
                document
            )
    for agreement in Agreement.objects.select_related("document").prefetch_related("signatures"):
        assert agreement.content_hash == agreement.document.sha256, agreement
        assert {signature.content_hash for signature in agreement.signatures.all()} <= {agreement.content_hash}


def _every_event_has_an_actor_and_follows_the_one_before() -> None:
    for model in set(MoveEvent.__subclasses__()) - {RoleEvent}:
        last: dict[int, str] = {}
        for event in model._default_manager.order_by("pk"):
            assert event.actor_id is not None
            assert event.subject_id not in last or event.source == last[event.subject_id], event
            last[event.subject_id] = event.target
