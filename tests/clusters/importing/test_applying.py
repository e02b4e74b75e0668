"""Bringing in and taking back: what becomes of each row, also when a worker dies, somebody is faster, or stops it."""

from decimal import Decimal

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.enums import ImportStatus, RowChoice, RowOutcome
from clusters.enums import OrganisationStatus as Status
from clusters.importing import applying, checking, undoing, work
from clusters.importing.answers import Words
from clusters.importing.snapshots import said_fields, snapshot
from clusters.models import ImportedRow, MemberImportEvent, Organisation, OrganisationEvent
from clusters.transitions import member_imports
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories
from tests.clusters.importing import lists
from tests.invariants import assert_invariants

pytestmark = pytest.mark.usefixtures("programme")


def outcomes(member_import) -> list[str]:
    return list(member_import.rows.order_by("number").values_list("outcome", flat=True))


def undone(member_import, actor):
    member_imports.undo(member_import, actor=actor)
    work.carry_out(member_import.pk)
    return lists.fresh(member_import)


def table() -> dict[int, dict[str, object]]:
    """Everything that the organisations say, and where each stands."""
    rows = Organisation.objects.select_related("reference_cluster")
    return {row.pk: {**snapshot(row), "status": row.status} for row in rows}


def test_a_member_is_validated_by_an_ordinary_move_that_names_the_import(applied, ntt_officer):
    member_import = applied([lists.row()])

    assert member_import.status == ImportStatus.APPLIED
    (row,) = member_import.rows.all()
    organisation = row.organisation
    assert (organisation.status, organisation.reference_cluster.short_name) == (Status.VALIDATED, "NTT")
    assert organisation.is_cluster_member
    assert not organisation.memberships.exists()
    begun, validated = OrganisationEvent.objects.filter(subject=organisation)
    assert (begun.move, validated.move, validated.actor) == ("begin", "validate", ntt_officer)
    assert validated.facts == {"import": member_import.pk}
    assert member_import.number in validated.note
    assert_invariants()


def test_whoever_is_no_member_waits_for_a_decision(applied):
    (row,) = applied([{**lists.row(), "Member of the cluster": "no"}]).rows.all()

    assert (row.organisation.status, row.organisation.is_cluster_member) == (Status.SUBMITTED, False)


def test_wrong_rows_and_those_left_out_are_not_brought_in(checked, ntt_officer):
    member_import = checked([lists.row(), lists.row("Wrong", country="Atlantis"), *lists.rows(1)])
    member_import.rows.filter(number=4).update(choice=RowChoice.LEAVE)

    member_imports.apply(member_import, actor=ntt_officer)
    work.carry_out(member_import.pk)

    assert outcomes(member_import) == [RowOutcome.CREATED, RowOutcome.LEFT_OUT, RowOutcome.LEFT_OUT]


def test_an_existing_one_gets_what_it_lacks_and_keeps_what_it_says(applied):
    known = factories.make_organisation(
        legal_name="Filatura Bisenzio", vat="IT00743110157", headcount=99, technologies=(), website=""
    )

    member_import = applied([lists.row(vat="IT00743110157", website="https://www.bisenzio.example", staff=24)])

    known.refresh_from_db()
    assert known.headcount == 99
    assert known.website == "https://www.bisenzio.example"
    assert known.turnover_eur == Decimal("3100000.50")
    assert [term.name for term in known.technologies.all()] == ["Nonwovens"]
    assert known.legal_name == "Filatura Bisenzio"
    assert outcomes(member_import) == [RowOutcome.FILLED]
    event = OrganisationEvent.objects.get(subject=known)
    assert (event.move, event.source, event.target) == ("fill", Status.VALIDATED, Status.VALIDATED)
    assert set(event.facts["fields"]) == {"website", "turnover_eur", "technologies"}


def test_taking_it_back_removes_what_was_created_and_empties_what_was_filled(applied, ntt_officer):
    factories.make_organisation(legal_name="Filatura Bisenzio", vat="IT00743110157", technologies=())
    before = table()
    member_import = applied([lists.row(vat="IT00743110157"), *lists.rows(2)])
    assert table() != before

    member_import = undone(member_import, ntt_officer)

    assert member_import.status == ImportStatus.UNDONE
    assert outcomes(member_import) == [RowOutcome.UNDONE] * 3
    assert table() == before
    assert Organisation.with_gone.filter(status=Status.TAKEN_BACK).count() == 2
    assert_invariants()


def test_a_vat_number_is_free_again_once_its_import_is_taken_back(applied, ntt_officer):
    undone(applied([lists.row(vat="IT00743110157")]), ntt_officer)

    again = applied([lists.row(vat="IT00743110157")])

    assert outcomes(again) == [RowOutcome.CREATED]


CHANGES = {
    "joined": lambda organisation: organisation.memberships.create(user=factories.make_person()),
    "edited": lambda organisation: (setattr(organisation, "website", "https://new.example"), organisation.save()),
    "other terms": lambda organisation: organisation.technologies.clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_has_built_upon_stays_and_is_named(applied, ntt_officer, change):
    member_import = applied(lists.rows(2))
    built_upon = member_import.rows.get(number=2).organisation
    CHANGES[change](built_upon)

    undone(member_import, ntt_officer)

    assert outcomes(member_import) == [RowOutcome.KEPT, RowOutcome.UNDONE]
    assert member_import.rows.get(number=2).outcome_note
    assert Organisation.objects.get(pk=built_upon.pk).status == Status.VALIDATED


def test_a_field_that_was_changed_since_it_was_filled_is_not_emptied(applied, ntt_officer):
    known = factories.make_organisation(legal_name="Filatura Bisenzio", vat="IT00743110157", technologies=())
    member_import = applied([lists.row(vat="IT00743110157")])
    known.refresh_from_db()
    known.turnover_eur = Decimal(5)
    known.save()

    undone(member_import, ntt_officer)

    assert outcomes(member_import) == [RowOutcome.KEPT]
    assert "Turnover" in member_import.rows.get().outcome_note
    known.refresh_from_db()
    assert known.turnover_eur == 5


def broken_off(monkeypatch, module, name: str, after: int) -> list[int]:
    """Let a function break off once after some calls, as if its worker had been killed there."""
    real, calls = getattr(module, name), []

    def breaks_off(row, *rest):
        calls.append(row.number)
        if len(calls) == after:
            raise ZeroDivisionError
        return real(row, *rest)

    monkeypatch.setattr(module, name, breaks_off)
    return calls


def test_applying_that_breaks_off_brings_each_row_in_once(checked, ntt_officer, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 2)
    member_import = member_imports.apply(checked(lists.rows(5)), actor=ntt_officer)
    calls = broken_off(monkeypatch, applying, "member_of", after=4)

    work.carry_out(member_import.pk)
    assert outcomes(member_import) == [RowOutcome.CREATED] * 2 + [RowOutcome.NONE] * 3
    for _again in range(3):
        work.carry_out(member_import.pk)

    assert outcomes(member_import) == [RowOutcome.CREATED] * 5
    assert calls == [2, 3, 4, 5, 4, 5, 6]
    assert Organisation.objects.filter(imported_rows__member_import=member_import).count() == 5
    assert OrganisationEvent.objects.filter(facts__import=member_import.pk, move="validate").count() == 5


def test_undoing_that_breaks_off_takes_each_row_back_once(applied, ntt_officer, monkeypatch):
    monkeypatch.setattr(undoing, "CHUNK", 2)
    member_import = member_imports.undo(applied(lists.rows(5)), actor=ntt_officer)
    broken_off(monkeypatch, undoing, "take_back", after=4)

    work.carry_out(member_import.pk)
    assert outcomes(member_import) == [RowOutcome.CREATED] * 3 + [RowOutcome.UNDONE] * 2
    for _again in range(3):
        work.carry_out(member_import.pk)

    assert outcomes(member_import) == [RowOutcome.UNDONE] * 5
    assert OrganisationEvent.objects.filter(facts__import=member_import.pk, move="take_back").count() == 5
    assert MemberImportEvent.objects.filter(subject=member_import, move="finish_undo").count() == 1


def test_stopping_ends_after_the_chunk_and_the_rest_can_be_brought_in_later(checked, ntt_officer, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 2)
    member_import = member_imports.apply(checked(lists.rows(5)), actor=ntt_officer)
    walk = applying.steps(lists.fresh(member_import))
    next(walk)

    member_imports.stop(member_import, actor=ntt_officer)
    assert list(walk) == []
    assert outcomes(member_import) == [RowOutcome.CREATED] * 2 + [RowOutcome.NONE] * 3

    member_imports.apply(member_import, actor=ntt_officer)
    work.carry_out(member_import.pk)
    assert outcomes(member_import) == [RowOutcome.CREATED] * 5


def test_work_that_breaks_off_again_and_again_is_stopped(checked, ntt_officer, monkeypatch):
    def crash(*_arguments):
        raise ZeroDivisionError

    member_import = member_imports.apply(checked(lists.rows(1)), actor=ntt_officer)
    monkeypatch.setattr(applying, "bring_in", crash)

    for _again in range(work.TRIES + 1):
        work.carry_out(member_import.pk)

    assert lists.fresh(member_import).status == ImportStatus.STOPPED


def test_what_was_registered_since_the_check_is_not_created_twice(checked, ntt_officer):
    member_import = checked([lists.row(vat="IT00743110157"), lists.row("Aurora Tessuti S.r.l."), *lists.rows(1)])
    factories.make_organisation(legal_name="Something else", vat="IT00743110157")
    factories.make_organisation(legal_name="Aurora Tessuti srl")

    member_imports.apply(member_import, actor=ntt_officer)
    work.carry_out(member_import.pk)

    assert outcomes(member_import) == [RowOutcome.FAILED, RowOutcome.FAILED, RowOutcome.CREATED]


def test_a_row_that_cannot_be_stored_holds_up_none_of_its_chunk(checked, ntt_officer):
    aurora, brenta = "Aurora Tessuti S.r.l.", "Brenta Lane S.p.A."
    member_import = checked([lists.row(aurora, vat=lists.VATS[0]), lists.row(brenta, vat=lists.VATS[0]), lists.row()])
    member_import.rows.update(choice=RowChoice.CREATE)

    member_imports.apply(member_import, actor=ntt_officer)
    work.carry_out(member_import.pk)

    assert outcomes(member_import) == [RowOutcome.CREATED, RowOutcome.FAILED, RowOutcome.CREATED]
    assert "VAT" in member_import.rows.get(number=3).outcome_note
    assert_invariants()


@pytest.mark.parametrize("number", [2, 8])
def test_a_chunk_takes_the_same_queries_however_many_rows_it_has(
    checked, ntt_officer, number, django_assert_num_queries
):
    member_import = checked(lists.rows(number))
    rows, words = list(member_import.rows.all()), Words.read()
    checking.check(rows, member_import, words)
    member_imports.apply(member_import, actor=ntt_officer)

    with django_assert_num_queries(1):  # what the rows resemble
        checking.check(rows, member_import, words)
    with django_assert_num_queries(23):
        applying.bring_in(rows, member_import, ntt_officer, words)

    assert outcomes(member_import) == [RowOutcome.CREATED] * number


def test_only_staff_of_the_cluster_decide(checked, clutex_officer, coordinator, administrator):
    member_import = checked(lists.rows(1))

    for person in (clutex_officer, coordinator, administrator):
        with pytest.raises(MoveForbidden):
            member_imports.apply(member_import, actor=person)


def test_nothing_is_applied_twice(applied, ntt_officer):
    member_import = applied(lists.rows(1))

    with pytest.raises(MoveConflict):
        member_imports.apply(member_import, actor=ntt_officer)


def test_a_discarded_list_is_checked_no_further(ntt_officer):
    member_import = lists.uploaded(lists.as_workbook(lists.rows(2)), ntt_officer)
    member_imports.discard(member_import, actor=ntt_officer)

    work.carry_out(member_import.pk)

    assert lists.fresh(member_import).status == ImportStatus.DISCARDED
    assert not ImportedRow.objects.exists()


def test_the_sweep_finds_what_the_bell_did_not_wake(ntt_officer):
    lists.uploaded(lists.as_workbook(lists.rows(1)), ntt_officer)

    assert work.wake() == 1


def test_a_snapshot_holds_everything_that_a_registration_says():
    names = {field.name for field in Organisation._meta.get_fields() if isinstance(field, models.Field)}

    assert names - set(said_fields()) == {
        *("id", "status", "status_since", "created_at", "merged_into", "vat_state", "vat_checked_at"),
        *("name_key", "name_grams", "web_host"),
    }


SAID = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["Italy", "DE", "Atlantis"]),
        "town": st.sampled_from(["Prato", "Dresden"]),
        "staff": st.sampled_from([1, 24, 400, "", "many"]),
        "vat": st.sampled_from(["", *lists.VATS]),
        "turnover": st.sampled_from(["", "1", "2.000,50"]),
        "legal": st.sampled_from(["Aurora", "AURORA srl", "Brenta", "Cardellino", "Dolomiti"]),
    }
)
CHOICES = st.lists(st.sampled_from(RowChoice.values), min_size=4, max_size=4)


@given(said=st.lists(SAID, min_size=1, max_size=4), choices=CHOICES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_brought_in_goes_back_as_it_was(checked, ntt_officer, said, choices):
    if not Organisation.objects.filter(vat=lists.VATS[0]).exists():
        factories.make_organisation(legal_name="Aurora", vat=lists.VATS[0], headcount=None)
    before = table()
    member_import = checked([lists.row(**each) for each in said])
    for row, choice in zip(member_import.rows.all(), choices, strict=False):
        if choice != RowChoice.TAKE or row.existing is not None:
            row.choice = choice
            row.save(update_fields=["choice"])
    if not member_import.rows.to_apply().exists():
        return
    member_imports.apply(member_import, actor=ntt_officer)
    work.carry_out(member_import.pk)

    if member_import.rows.to_undo().exists():
        undone(lists.fresh(member_import), ntt_officer)

    assert table() == before
    assert not set(outcomes(member_import)) & {RowOutcome.KEPT, RowOutcome.CREATED, RowOutcome.FILLED}
