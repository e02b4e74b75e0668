"""Validating many registrations at once: a dry run that changes nothing, then, once confirmed, one move a row.

The row of BulkValidation is the intent. Each registration has a transaction of its own, which also writes what became
of it: a worker that is killed leaves a run that the sweep takes up again at the next row, and nothing happens twice. A
lock of the run, which dies with its worker, keeps two workers apart. A few rows are done while the officer waits.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched, islice
from typing import Any

from django.db import transaction
from django.db.models import F

from clusters import notices, permissions
from clusters.checks import Finding, Inspector, duplicates_of
from clusters.enums import BulkOutcome, OrganisationStatus
from clusters.models import BulkRow, BulkValidation, Organisation, User
from clusters.models.querysets import OrganisationQuerySet
from clusters.transitions import organisations as transitions
from extratex.shared import clock
from extratex.shared.bell import ring
from extratex.shared.locks import held
from extratex.shared.logs import get_logger
from extratex.shared.moves import MoveConflict, MoveForbidden
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _

logger = get_logger(__name__)

AT_ONCE = 25
MOST = 10_000
STORED_AT_ONCE = 1_000
TRIES = 5
SLICE_SECONDS = 60.0
LONGEST_FAULT = 300
DAYS_UNCONFIRMED = 2
TO_DO = {False: BulkOutcome.WAITING, True: BulkOutcome.PASSES}


def plan(organisations: OrganisationQuerySet, *, by: User) -> BulkValidation | None:
    """Begin a dry run of the registrations that `by` may see, at most MOST; None where there is none."""
    keys = organisations.visible_to(by).order_by("status_since", "pk").values_list("pk", flat=True)
    with transaction.atomic():
        run = BulkValidation.objects.create(asked_by=by)
        run.total = _store_rows(run, islice(keys.iterator(), MOST))
        if not run.total:
            run.delete()
            return None
        run.save(update_fields=["total"])
        _wake(run)
    _carry_out_if_small(run)
    return run


def confirm(run: BulkValidation) -> bool:
    """Let the real run begin after the dry one; False where it has begun, ended or was cancelled before."""
    with transaction.atomic():
        checked = BulkValidation.objects.filter(pk=run.pk, checked_at__isnull=False, cancelled_at=None, failed_at=None)
        begun = checked.filter(confirmed_at=None).update(confirmed_at=clock.now(), attempts=0, fault="")
        if begun:
            _wake(run)
    if begun:
        _carry_out_if_small(run)
    return bool(begun)


def cancel(run: BulkValidation) -> bool:
    """Stop what is not done yet; what is validated stays so."""
    live = BulkValidation.objects.filter(pk=run.pk, finished_at=None, cancelled_at=None, failed_at=None)
    return bool(live.update(cancelled_at=clock.now()))


def wake() -> int:
    """Wake every run that a bell or a worker has left behind, and forget old dry runs; return how many were woken."""
    before = clock.now() - timedelta(days=DAYS_UNCONFIRMED)
    BulkValidation.objects.filter(confirmed_at=None, asked_at__lt=before).delete()
    unfinished = list(BulkValidation.objects.unfinished().values_list("pk", flat=True))
    for run_id in unfinished:
        ring("clusters.validate_in_bulk", run_id=run_id)
    return len(unfinished)


def carry_out(run_id: int) -> None:
    """Carry out a run, or go on with it; nothing where it is done or another worker is at it."""
    with held(f"bulk validation {run_id}") as mine:
        run = _claim(run_id) if mine else None
        if run is not None:
            _try(run)
    if run is not None and BulkValidation.objects.unfinished().filter(pk=run_id, fault="").exists():
        ring("clusters.validate_in_bulk", run_id=run_id)


def _store_rows(run: BulkValidation, keys: Iterable[int]) -> int:
    number = 0
    for some in batched(keys, STORED_AT_ONCE):
        number += len(BulkRow.objects.bulk_create(BulkRow(run=run, organisation_id=key) for key in some))
    return number


def _wake(run: BulkValidation) -> None:
    if run.total > AT_ONCE:
        ring("clusters.validate_in_bulk", run_id=run.pk)


def _carry_out_if_small(run: BulkValidation) -> None:
    if run.total <= AT_ONCE:
        carry_out(run.pk)
        run.refresh_from_db()


def _claim(run_id: int) -> BulkValidation | None:
    claimed = BulkValidation.objects.unfinished().filter(pk=run_id)
    if claimed.filter(attempts__gte=TRIES).exists():
        _fail(run_id, "every try broke off")
        return None
    taken = claimed.update(attempts=F("attempts") + 1)
    return BulkValidation.objects.get(pk=run_id) if taken else None


def _try(run: BulkValidation) -> None:
    try:
        _work(run)
    except Exception as fault:
        words = f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT]
        logger.exception("bulk_validation_broke_off", run=run.pk, attempts=run.attempts)
        if run.attempts >= TRIES:
            _fail(run.pk, words)
        else:
            BulkValidation.objects.filter(pk=run.pk).update(fault=words)


def _work(run: BulkValidation) -> None:
    """Do row after row until all are done, the run is cancelled, or the time of one task is over."""
    until = time.monotonic() + SLICE_SECONDS
    is_real = run.confirmed_at is not None
    inspector = Inspector()
    to_do = BulkRow.objects.filter(run=run, outcome=TO_DO[is_real]).order_by("pk").values_list("pk", flat=True)
    while some := list(to_do[:AT_ONCE]):
        actor = User.objects.get(pk=run.asked_by_id)
        for key in some:
            _do_row(key, actor, inspector, is_real=is_real)
        # What has moved on is no failed try: only a run that stays on the spot is given up.
        live = BulkValidation.objects.unfinished().filter(pk=run.pk)
        if not live.update(attempts=1, fault="") or time.monotonic() > until:
            return
    _finish(run, is_real=is_real)


def _do_row(key: int, actor: User, inspector: Inspector, *, is_real: bool) -> None:
    """Do one row in a transaction of its own; a fault of our own is written down, and the others go on."""
    try:
        with transaction.atomic():
            row = BulkRow.objects.select_for_update(of=("self",)).get(pk=key)
            if row.outcome == TO_DO[is_real]:
                outcome, reasons = _outcome_of(row, actor, inspector, is_real=is_real)
                _write(key, outcome, reasons)
    except Exception:
        logger.exception("bulk_row_failed", row=key)
        broken = Reason("broke_off", _("The portal could not do this one; please open it and decide there."))
        _write(key, BulkOutcome.REFUSED if is_real else BulkOutcome.STOPPED, [broken])


def _outcome_of(row: BulkRow, actor: User, inspector: Inspector, *, is_real: bool) -> tuple[BulkOutcome, list[Reason]]:
    rows = Organisation.with_gone.select_related("reference_cluster").prefetch_related("related_enterprises")
    organisation = rows.get(pk=row.organisation_id)
    against = obstacles(organisation, actor, inspector)
    if against:
        return (BulkOutcome.REFUSED if is_real else BulkOutcome.STOPPED), against
    if not is_real:
        return BulkOutcome.PASSES, []
    try:
        transitions.validate(organisation, actor=actor)
    except (MoveConflict, MoveForbidden):
        return BulkOutcome.REFUSED, [_moved_on(Organisation.with_gone.get(pk=row.organisation_id))]
    return BulkOutcome.VALIDATED, []


def obstacles(organisation: Organisation, actor: Any, inspector: Inspector) -> list[Reason]:
    """Return all that forbids to validate a registration without looking at it."""
    if permissions.is_member(actor, organisation):
        return [Reason("own", _("You belong to this organisation yourself: somebody else has to decide."))]
    if organisation.status != OrganisationStatus.SUBMITTED:
        return [_moved_on(organisation)]
    if not permissions.can_validate(actor, organisation):
        values = {"cluster": organisation.reference_cluster.short_name}
        return [Reason("not_yours", _("It lies with {cluster}, for which you do not decide."), values)]
    checks = inspector.checks_of(organisation, duplicates_of(organisation, actor))
    return [reason for check in checks if check.finding is Finding.STOPS for reason in check.reasons[:1]]


def _moved_on(organisation: Organisation) -> Reason:
    values = {"organisation_status": organisation.status}
    return Reason("moved_on", _("It no longer waits: its status is “{organisation_status}”."), values)


def _write(key: int, outcome: BulkOutcome, reasons: Iterable[Reason]) -> None:
    BulkRow.objects.filter(pk=key).update(outcome=outcome, reasons=[reason.as_json() for reason in reasons])


def _finish(run: BulkValidation, *, is_real: bool) -> None:
    live = BulkValidation.objects.unfinished().filter(pk=run.pk)
    with transaction.atomic():
        if not is_real:
            live.update(checked_at=clock.now(), attempts=0)
        elif live.update(finished_at=clock.now()) and run.total > AT_ONCE:
            notices.tell_of_bulk_validation(run, BulkRow.objects.filter(run=run, outcome=BulkOutcome.VALIDATED).count())


def _fail(run_id: int, words: str) -> None:
    fault = BulkValidation.objects.values_list("fault", flat=True).get(pk=run_id) or words
    BulkValidation.objects.filter(pk=run_id).update(failed_at=clock.now(), fault=fault)
    logger.error("bulk_validation_given_up", run=run_id, error=fault)
