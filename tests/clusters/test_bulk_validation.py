"""Validating many at once: the dry run changes nothing, the real one does each row once, whatever cuts it off."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from clusters import bulk, tasks
from clusters.enums import BulkOutcome, VatState
from clusters.enums import OrganisationStatus as Status
from clusters.models import BulkRow, BulkValidation, Membership, Organisation, OrganisationEvent, StaffRole, User
from clusters.models.querysets import OrganisationQuerySet
from clusters.transitions import organisations as transitions
from extratex.notices.models import Notice
from extratex.shared import moves
from extratex.shared.reasons import Reason
from tests import factories
from tests.exchanges import races

pytestmark = pytest.mark.usefixtures("programme")

type AssertQueries = Callable[[int], AbstractContextManager[Any]]
NAMES = ("Ago", "Bozzolo", "Cardatura", "Damasco", "Ecru", "Fustagno", "Garza", "Juta", "Lino", "Merino")


def waiting(name: str, **fields: Any) -> Organisation:
    """Make a registration that waits and that nothing speaks against."""
    return factories.make_organisation(legal_name=f"{name} Tessile", status=Status.SUBMITTED, **fields)


def rows() -> OrganisationQuerySet:
    """Return all registrations, as a choice."""
    return Organisation.objects.all()


def outcomes(run: BulkValidation) -> dict[str, str]:
    """Return what is written for each registration, by its name."""
    return dict(run.rows.values_list("organisation__legal_name", "outcome"))


def codes(run: BulkValidation, organisation: Organisation) -> list[str]:
    """Return the codes of the reasons for a registration."""
    return [reason["code"] for reason in run.rows.get(organisation=organisation).reasons]


def planned(officer: User, choice: OrganisationQuerySet | None = None) -> BulkValidation:
    """Make the dry run of all registrations."""
    run = bulk.plan(rows() if choice is None else choice, by=officer)
    assert run is not None
    return run


def test_the_dry_run_says_what_would_happen_and_changes_nothing(ntt_officer: User) -> None:
    fine = waiting("Ago")
    validated = factories.make_organisation(legal_name="Zefir", status=Status.VALIDATED)
    own = waiting("Bozzolo")
    Membership.objects.create(user=ntt_officer, organisation=own)
    twins = [waiting("Cardatura Nuova"), factories.make_organisation(legal_name="Cardatura Nuova Tessile")]
    too_large = waiting("Damasco", headcount=900, turnover_eur=90_000_000, balance_eur=90_000_000)
    wrong_vat = waiting("Ecru", vat="IT00743110157", vat_state=VatState.INVALID)
    nowhere = waiting("Fustagno")
    Organisation.objects.filter(pk=nowhere.pk).update(country="US")

    run = planned(ntt_officer)

    assert run.stage == "checked"
    assert outcomes(run)[fine.legal_name] == BulkOutcome.PASSES
    assert list(outcomes(run).values()).count(BulkOutcome.PASSES) == 1
    assert codes(run, validated) == ["moved_on"]
    assert codes(run, own) == ["own"]
    assert codes(run, twins[0]) == ["likely_same"]
    assert codes(run, too_large) == ["no_sme"]
    assert codes(run, wrong_vat) == ["vat_invalid"]
    assert codes(run, nowhere) == ["country_not_eligible", "country_not_eligible"]
    assert not OrganisationEvent.objects.exists()
    assert not Notice.objects.exists()


def test_once_confirmed_each_is_validated_by_the_ordinary_move(ntt_officer: User, visitor_person: User) -> None:
    organisation = waiting("Ago", owner=visitor_person)
    run = planned(ntt_officer)

    assert bulk.confirm(run)

    organisation.refresh_from_db()
    assert organisation.status == Status.VALIDATED
    assert organisation.events.get().actor == ntt_officer
    assert Notice.objects.filter(person=visitor_person).count() == 1
    assert run.stage == "done"


def test_what_changes_between_the_runs_is_not_validated(ntt_officer: User) -> None:
    sent_back, wrong_vat, fine = waiting("Ago"), waiting("Bozzolo", vat="IT00743110157"), waiting("Cardatura")
    run = planned(ntt_officer)
    transitions.send_back(sent_back, actor=ntt_officer, note="The town is wrong.")
    Organisation.objects.filter(pk=wrong_vat.pk).update(vat_state=VatState.INVALID)

    bulk.confirm(run)

    assert outcomes(run) == {
        sent_back.legal_name: BulkOutcome.REFUSED,
        wrong_vat.legal_name: BulkOutcome.REFUSED,
        fine.legal_name: BulkOutcome.VALIDATED,
    }
    assert codes(run, sent_back) == ["moved_on"]


def test_whoever_lost_the_role_in_between_validates_nothing(ntt_officer: User) -> None:
    organisation = waiting("Ago")
    run = planned(ntt_officer)
    StaffRole.objects.filter(user=ntt_officer).delete()

    bulk.confirm(run)

    organisation.refresh_from_db()
    assert organisation.status == Status.SUBMITTED
    assert codes(run, organisation) == ["not_yours"]


def test_a_row_that_fails_does_not_stop_the_others(ntt_officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = waiting("Ago"), waiting("Bozzolo")
    run = planned(ntt_officer)
    validate = transitions.validate

    def fail_for_one(organisation: Organisation, *, actor: User) -> Organisation:
        result = validate(organisation, actor=actor)
        if organisation.pk == broken.pk:
            raise RuntimeError("A fault of our own.")
        return result

    monkeypatch.setattr(transitions, "validate", fail_for_one)
    bulk.confirm(run)

    broken.refresh_from_db()
    assert broken.status == Status.SUBMITTED
    assert outcomes(run) == {
        broken.legal_name: BulkOutcome.REFUSED,
        fine.legal_name: BulkOutcome.VALIDATED,
    }


def test_a_run_that_was_cut_off_goes_on_at_the_next_row(ntt_officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES[:4]:
        waiting(name)
    run = planned(ntt_officer)
    do_row, done = bulk._do_row, []

    def cut_off(key: int, *args: Any, **kwargs: Any) -> None:
        if len(done) == 2:
            raise SystemExit
        done.append(key)
        do_row(key, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "_do_row", cut_off)
        with pytest.raises(SystemExit):
            bulk.confirm(run)
    assert Organisation.objects.filter(status=Status.VALIDATED).count() == 2

    tasks.validate_in_bulk(run_id=run.pk)
    tasks.validate_in_bulk(run_id=run.pk)

    run.refresh_from_db()
    assert run.stage == "done"
    assert Organisation.objects.filter(status=Status.VALIDATED).count() == 4
    assert OrganisationEvent.objects.count() == 4


def test_many_run_in_the_background_and_end_with_a_notice(ntt_officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[dict[str, Any]] = []
    monkeypatch.setattr(bulk, "ring", lambda task, **ids: rung.append({"task": task, **ids}))
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    for name in NAMES[:5]:
        waiting(name)

    run = planned(ntt_officer)
    assert run.stage == "checking"
    assert rung == [{"task": "clusters.validate_in_bulk", "run_id": run.pk}]
    tasks.validate_in_bulk(run_id=run.pk)
    bulk.confirm(run)
    run.refresh_from_db()
    assert run.stage == "running"
    tasks.validate_in_bulk(run_id=run.pk)

    run.refresh_from_db()
    assert run.stage == "done"
    assert "5 of 5" in Notice.objects.get(person=ntt_officer).subject


def test_a_run_that_always_breaks_off_is_given_up(ntt_officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting("Ago")
    run = planned(ntt_officer)
    monkeypatch.setattr(bulk, "Inspector", lambda: 1 / 0)

    bulk.confirm(run)
    for _ in range(bulk.TRIES + 1):
        tasks.validate_in_bulk(run_id=run.pk)

    run.refresh_from_db()
    assert run.stage == "failed"
    assert "ZeroDivisionError" in run.fault


def test_what_is_stopped_stays_stopped_and_what_is_done_stays_done(
    ntt_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES[:4]:
        waiting(name)
    run = planned(ntt_officer)
    do_row = bulk._do_row

    def stop_after_one(*args: Any, **kwargs: Any) -> None:
        do_row(*args, **kwargs)
        bulk.cancel(run)

    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "_do_row", stop_after_one)
    bulk.confirm(run)
    tasks.validate_in_bulk(run_id=run.pk)

    run.refresh_from_db()
    assert run.stage == "cancelled"
    assert Organisation.objects.filter(status=Status.VALIDATED).count() <= 1
    assert not bulk.confirm(run)


def test_the_sweep_wakes_what_was_left_and_forgets_old_dry_runs(
    ntt_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting("Ago")
    old, left = planned(ntt_officer), planned(ntt_officer)
    BulkValidation.objects.filter(pk=old.pk).update(asked_at="2020-01-01T00:00Z")
    BulkValidation.objects.filter(pk=left.pk).update(checked_at=None)
    rung: list[int] = []
    monkeypatch.setattr(bulk, "ring", lambda _task, run_id: rung.append(run_id))

    bulk.wake()

    assert rung == [left.pk]
    assert not BulkValidation.objects.filter(pk=old.pk).exists()


def test_registrations_of_others_are_ignored(
    client: Client, ntt_officer: User, clutex_officer: User, host_person: User
) -> None:
    own = waiting("Ago")
    foreign = waiting("Bozzolo", reference_cluster="CLUTEX", country="CZ")
    draft = factories.make_organisation(owner=host_person, legal_name="Draft", status=Status.DRAFT)
    client.force_login(ntt_officer)

    answer = client.post("/organisations/bulk/", {"chosen": [own.pk, foreign.pk, draft.pk, "x", "9" * 30]}, follow=True)

    assert set(BulkRow.objects.values_list("organisation", flat=True)) == {own.pk}
    assert foreign.legal_name not in answer.content.decode()
    run = BulkValidation.objects.get()
    client.force_login(clutex_officer)
    assert client.get(f"/organisations/bulk/{run.pk}/").status_code == 404
    for move in ("confirm", "cancel"):
        assert client.post(f"/organisations/bulk/{run.pk}/{move}/").status_code == 404
    own.refresh_from_db()
    assert own.status == Status.SUBMITTED


def test_all_that_fit_are_taken_not_only_those_of_the_page(client: Client, ntt_officer: User) -> None:
    for number in range(30):
        factories.make_organisation(legal_name=f"Lino {number}", status=Status.SUBMITTED)
    waiting("Seta")
    factories.make_organisation(legal_name="Lino validated")
    waiting("Lino", reference_cluster="CLUTEX", country="CZ")
    client.force_login(ntt_officer)

    client.post("/organisations/bulk/", {"all": "1", "query": "q=lino"})

    assert BulkValidation.objects.get().total == 30


@pytest.mark.parametrize("answers", [{}, {"chosen": "x"}, {"all": "1", "query": "q=nobody"}])
def test_without_a_choice_one_is_asked_for_it(client: Client, ntt_officer: User, answers: dict[str, str]) -> None:
    client.force_login(ntt_officer)

    answer = client.post("/organisations/bulk/", answers, follow=True)

    assert "Choose at least one" in answer.content.decode()
    assert not BulkValidation.objects.exists()


def test_only_those_who_validate_may_begin(client: Client, programme_officer: User, visitor_person: User) -> None:
    for person in (programme_officer, visitor_person):
        client.force_login(person)
        assert client.post("/organisations/bulk/", {"all": "1"}).status_code == 403


def test_by_the_pages_from_choice_to_result(client: Client, ntt_officer: User) -> None:
    organisation = waiting("Ago")
    client.force_login(ntt_officer)

    page = client.post("/organisations/bulk/", {"chosen": organisation.pk}, follow=True).content.decode()
    assert "Nothing has been changed yet" in page
    run = BulkValidation.objects.get()
    first = client.post(f"/organisations/bulk/{run.pk}/confirm/", follow=True)
    second = client.post(f"/organisations/bulk/{run.pk}/confirm/", follow=True)

    assert "1 of 1 is validated" in first.content.decode()
    assert "1 of 1 is validated" in second.content.decode()
    assert organisation.events.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_its_page_asks_as_often_for_three_as_for_one(
    client: Client, ntt_officer: User, number: int, django_assert_num_queries: AssertQueries
) -> None:
    for name in NAMES[:number]:
        waiting(name)
    run = planned(ntt_officer)
    client.force_login(ntt_officer)
    client.get("/partners/")

    with django_assert_num_queries(14):
        answer = client.get(f"/organisations/bulk/{run.pk}/")

    assert answer.content.decode().count("data-row") == number


@pytest.fixture
def confirmed(transactional_db: None, programme: None, ntt_officer: User) -> BulkValidation:
    """A confirmed run in tables that threads share, of which nothing is done yet."""
    for name in NAMES[:6]:
        waiting(name)
    run = planned(ntt_officer)
    BulkValidation.objects.filter(pk=run.pk).update(confirmed_at=run.checked_at)
    return run


def all_at_once(run: BulkValidation) -> None:
    """Let three workers carry out the same run, and a fourth what they may have left."""
    assert races.run([lambda: tasks.validate_in_bulk(run_id=run.pk)] * 3) == [None] * 3
    tasks.validate_in_bulk(run_id=run.pk)


def test_several_workers_do_each_row_once(confirmed: BulkValidation) -> None:
    all_at_once(confirmed)

    assert OrganisationEvent.objects.filter(move="validate").count() == 6
    assert set(outcomes(confirmed).values()) == {BulkOutcome.VALIDATED}


def test_without_their_guards_workers_get_in_each_others_way(
    confirmed: BulkValidation, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(3, timeout=20)

    def unguarded(row: BulkRow, *args: Any, **kwargs: Any) -> tuple[BulkOutcome, list[Reason]]:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        return outcome_of(row, *args, **kwargs)

    outcome_of = bulk._outcome_of
    monkeypatch.setattr(bulk, "_outcome_of", unguarded)
    monkeypatch.setattr(bulk, "held", lambda _name: nullcontext(True))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows.all())
    monkeypatch.setattr(moves.Machine, "_locked", lambda machine, obj: machine.model._default_manager.get(pk=obj.pk))

    all_at_once(confirmed)

    assert (
        OrganisationEvent.objects.filter(move="validate").count() > 6
        or BulkOutcome.REFUSED in outcomes(confirmed).values()
    )
