"""Two sides, two different people: also at the same moment, and not without the guard that holds it."""

from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from clusters.enums import StaffRoleName
from exchanges import permissions
from exchanges.enums import ExchangeStatus, Party
from exchanges.models import Approval, Exchange
from exchanges.transitions import exchanges
from extratex.shared.moves import MoveConflict, MoveForbidden
from tests import factories as people
from tests.exchanges import factories
from tests.exchanges.races import PATIENCE_SECONDS

pytestmark = pytest.mark.usefixtures("programme")

THREADS = 8
GUARDS = {"side_approves_once", "person_approves_for_one_side_only"}


def page(exchange: Exchange) -> str:
    return reverse("exchanges:approval", args=[exchange.pk])


def test_the_page_shows_eligibility_with_its_reasons_and_the_sum(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    client.force_login(cast.visitor_side)

    text = client.get(page(exchange)).content.decode()

    assert "An SME may visit if it is a member of a cluster" in text
    assert "The exchange is transnational: from Italy to Czechia." in text
    assert "Lump sum: half of the full amount" in text
    assert "Approve for: Visitor&#x27;s side" in text
    assert "Approve for: Host&#x27;s side" not in text


def test_both_sides_approve_in_turn(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)

    for person, side in ((cast.visitor_side, Party.VISITOR_SIDE), (cast.host_side, Party.HOST_SIDE)):
        client.force_login(person)
        assert client.post(page(exchange), {"side": side}).status_code == 302

    assert factories.fresh(exchange).status == ExchangeStatus.APPROVED
    assert set(Approval.objects.values_list("side", "person")) == {
        (Party.VISITOR_SIDE, cast.visitor_side.pk),
        (Party.HOST_SIDE, cast.host_side.pk),
    }


def test_a_second_click_changes_nothing(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    client.force_login(cast.visitor_side)

    answers = [client.post(page(exchange), {"side": Party.VISITOR_SIDE}) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Approval.objects.count() == 1


def test_a_coordinator_of_both_sides_approves_for_one_only():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    exchanges.approve(exchange, actor=cast.coordinator, side=Party.HOST_SIDE)

    with pytest.raises(MoveForbidden):
        exchanges.approve(exchange, actor=cast.coordinator, side=Party.VISITOR_SIDE)

    assert factories.fresh(exchange).status == ExchangeStatus.SIGNED


def test_nobody_approves_for_a_side_that_is_not_theirs(client):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    client.force_login(cast.visitor_side)

    answers = [client.post(page(exchange), {"side": side}).status_code for side in (Party.HOST_SIDE, "visitor", "")]

    assert answers == [403, 404, 404]
    assert not Approval.objects.exists()


@pytest.mark.parametrize("role", ["visitor", "host"])
def test_participants_neither_see_nor_make_approvals(client, role):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    client.force_login(getattr(cast, role))

    assert client.get(page(exchange)).status_code == 403
    assert client.post(page(exchange), {"side": Party.VISITOR_SIDE}).status_code == 403


def test_cluster_staff_that_take_part_themselves_do_not_approve():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    people.StaffRole.objects.create(
        user=cast.visitor, role=StaffRoleName.REFERENCE_STAFF, cluster=exchange.visitor_cluster
    )

    with pytest.raises(MoveForbidden):
        exchanges.approve(exchange, actor=people.User.objects.get(pk=cast.visitor.pk))


def test_approving_after_the_end_is_a_conflict():
    exchange, _cast = factories.bring_to(ExchangeStatus.APPROVED)
    third = people.make_staff(StaffRoleName.REFERENCE_STAFF, people.cluster("NTT"))

    with pytest.raises((MoveConflict, MoveForbidden)):
        exchanges.approve(exchange, actor=third)

    assert Approval.objects.count() == 2


def test_of_many_people_of_one_side_in_the_same_moment_one_approves(race):
    exchange, _cast = factories.bring_to(ExchangeStatus.SIGNED)
    officers = [people.make_staff(StaffRoleName.REFERENCE_STAFF, people.cluster("NTT")) for _ in range(THREADS)]

    faults = race([lambda officer=officer: exchanges.approve(exchange, actor=officer) for officer in officers])

    assert faults.count(None) == 1
    assert all(isinstance(fault, MoveForbidden) for fault in faults if fault)
    assert Approval.objects.get().side == Party.VISITOR_SIDE
    assert factories.fresh(exchange).status == ExchangeStatus.SIGNED
    assert exchange.events.filter(move__startswith="approve").count() == 1


def test_one_person_for_both_sides_in_the_same_moment_counts_once(race):
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)

    faults = race(
        [
            lambda side=side: exchanges.approve(exchange, actor=cast.coordinator, side=side)
            for side in (Party.VISITOR_SIDE, Party.HOST_SIDE) * 3
        ]
    )

    assert faults.count(None) == 1
    assert Approval.objects.count() == 1
    assert factories.fresh(exchange).status == ExchangeStatus.SIGNED


@pytest.fixture
def without_constraints(transactional_db: None) -> Iterator[None]:
    """Take the guard of the database away for one test."""
    guards = [each for each in Approval._meta.constraints if each.name in GUARDS]
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(Approval, guard)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE exchanges_approval")
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.add_constraint(Approval, guard)


def test_without_lock_and_constraints_the_same_person_approves_for_both_sides(race, without_constraints):
    """The negative control: who asks first and writes then comes through twice."""
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    both_have_asked = Barrier(2)

    def approve_unguarded(side: Party) -> None:
        with transaction.atomic():
            may = side in permissions.sides_to_approve(cast.coordinator, factories.fresh(exchange))
            both_have_asked.wait(PATIENCE_SECONDS)
            assert may
            Approval.objects.create(exchange=exchange, side=side, person=cast.coordinator)

    faults = race([lambda side=side: approve_unguarded(side) for side in (Party.VISITOR_SIDE, Party.HOST_SIDE)])

    assert faults == [None, None]
    assert set(Approval.objects.values_list("person", flat=True)) == {cast.coordinator.pk}


def test_the_database_itself_refuses_a_second_approval_of_a_side_and_of_a_person():
    exchange, cast = factories.bring_to(ExchangeStatus.SIGNED)
    Approval.objects.create(exchange=exchange, side=Party.VISITOR_SIDE, person=cast.coordinator)

    for side, person in ((Party.VISITOR_SIDE, cast.visitor_side), (Party.HOST_SIDE, cast.coordinator)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(exchange=exchange, side=side, person=person)
