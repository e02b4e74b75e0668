"""Merging while others do something about the same organisations at the same moment."""

import time
from contextlib import nullcontext
from datetime import timedelta
from threading import Event
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection, transaction

from clusters.enums import MembershipRole, ParticipantRole
from clusters.merging import deed
from clusters.merging.parts import Pair, cared_for
from clusters.models import Invitation, JoinRequest, Membership, Organisation, OrganisationMerge, User
from clusters.transitions import joining
from extratex.shared import clock
from matchmaking.models import Candidature
from tests import factories
from tests.exchanges import races
from tests.exchanges.factories import make_candidature
from tests.exchanges.merges import make_pair, merge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("programme")]


@pytest.mark.parametrize("crosswise", [False, True])
def test_of_two_merges_at_once_one_happens(ntt_officer: Any, *, crosswise: bool) -> None:
    pair = make_pair()
    other = Pair(pair.merged, pair.kept) if crosswise else pair
    seen = [deed.mark_of(each) for each in (pair, other)]

    faults = races.run([lambda: merge(pair, ntt_officer, seen[0]), lambda: merge(other, ntt_officer, seen[1])])

    assert sorted(type(fault).__name__ for fault in faults) == ["MoveConflict", "NoneType"]
    assert OrganisationMerge.objects.count() == 1
    assert Organisation.objects.count() == 1
    assert Membership.objects.filter(organisation=Organisation.objects.get()).count() == 2


def test_a_merge_and_an_answer_to_a_request_to_join_follow_each_other(ntt_officer: Any) -> None:
    for _round in range(5):
        pair = make_pair()
        owner = pair.merged.memberships.get().user
        request = joining.ask(pair.merged, person=factories.make_person())
        seen = deed.mark_of(pair)

        faults = races.run(
            [lambda: merge(pair, ntt_officer, seen), lambda: joining.accept(request, actor=owner)]  # noqa: B023
        )

        assert [type(fault).__name__ for fault in faults if fault] == ["MoveConflict"], faults
        was_merged = faults[0] is None
        request.refresh_from_db()
        assert request.organisation == (pair.kept if was_merged else pair.merged)
        assert Membership.objects.filter(user=request.person).exists() is not was_merged
        if was_merged:
            joining.accept(JoinRequest.objects.get(pk=request.pk), actor=pair.kept.memberships.order_by("pk")[0].user)
            assert Membership.objects.get(user=request.person).organisation == pair.kept


INSERTED = (Membership, JoinRequest, Invitation, Candidature)
UNGUARDED = [f"{model._meta.label}:organisation_id_follows_a_merge" for model in INSERTED]
WITHOUT_TRIGGER = {
    # An enterprise is only written while its organisation is locked, and a merged one cannot be corrected.
    "clusters.RelatedEnterprise.organisation",
    # Which organisation a row fills in is asked once more when it is filled in.
    "clusters.ImportedRow.existing",
}


def test_whatever_moves_in_a_merge_follows_it_also_when_it_is_inserted() -> None:
    followed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        for trigger in model._meta.original_attrs.get("triggers", ())
        if trigger.name == f"{field.attname}_follows_a_merge"
    }

    assert followed == cared_for() - WITHOUT_TRIGGER


def insert_all(organisation: Organisation, contact: User) -> None:
    """Store one row of each kind that names the organisation, as whoever has read it a moment ago."""
    until = clock.today() + timedelta(days=7)
    Membership.objects.create(user=contact, organisation=organisation, role=MembershipRole.EDITOR)
    JoinRequest.objects.create(person=contact, organisation=organisation, expires_on=until)
    Invitation.objects.create(
        email="late@mill.example",
        organisation=organisation,
        role=MembershipRole.EDITOR,
        invited_by=contact,
        token_hash="late",
        expires_on=until,
    )
    make_candidature(organisation, ParticipantRole.HOST, contact=contact)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_what_is_inserted_while_a_merge_commits_belongs_to_the_record_that_stays(
    ntt_officer: Any, *, is_guarded: bool
) -> None:
    pair, contact, seen = make_pair(), factories.make_person(), Event()
    Membership.objects.filter(organisation=pair.merged).delete()

    def merge_slowly() -> None:
        with transaction.atomic():
            merge(pair, ntt_officer)
            seen.set()
            wait_until_somebody_waits()

    def insert() -> None:
        seen.wait(races.PATIENCE_SECONDS)
        with nullcontext() if is_guarded else pgtrigger.ignore(*UNGUARDED):
            insert_all(pair.merged, contact)

    faults = races.run([merge_slowly, insert])

    assert faults == [None, None]
    late = pair.kept if is_guarded else pair.merged
    assert {model.__name__: model.objects.latest("pk").organisation_id for model in INSERTED} == {
        model.__name__: late.pk for model in INSERTED
    }


def wait_until_somebody_waits() -> None:
    """Wait until another connection waits for a lock that this one holds, for at most some seconds."""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
