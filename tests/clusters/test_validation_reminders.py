"""Who is reminded of a registration that waits, and that each is reminded once."""

from datetime import timedelta
from typing import Any

import pytest

from clusters import notices, reminders
from clusters.enums import OrganisationStatus as Status
from clusters.enums import RuleName
from clusters.models import Organisation, RuleSetting, StaffRole, User, ValidationReminder
from clusters.transitions import organisations as transitions
from extratex.notices.models import Notice
from extratex.shared import clock
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


def waiting(days: int, **fields: Any) -> Organisation:
    """Make a registration that has waited for some days."""
    organisation = factories.make_organisation(**{"status": Status.SUBMITTED, **fields})
    Organisation.with_gone.filter(pk=organisation.pk).update(status_since=clock.now() - timedelta(days=days))
    return Organisation.with_gone.get(pk=organisation.pk)


def told(person: User) -> list[str]:
    """Return the subjects of what somebody was told."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("subject", flat=True))


@pytest.mark.parametrize(("days", "staff", "coordinators"), [(4, 0, 0), (5, 1, 0), (9, 1, 0), (10, 1, 1), (60, 1, 1)])
def test_first_the_cluster_is_reminded_then_the_coordinator_hears(
    ntt_officer: User, clutex_officer: User, coordinator: User, days: int, staff: int, coordinators: int
) -> None:
    waiting(days)

    reminders.run()

    assert (len(told(ntt_officer)), len(told(coordinator)), len(told(clutex_officer))) == (staff, coordinators, 0)


def test_each_hears_of_a_wait_once(ntt_officer: User, coordinator: User) -> None:
    waiting(12)

    assert [reminders.run() for _ in range(3)] == [2, 0, 0]
    assert (len(told(ntt_officer)), len(told(coordinator))) == (1, 1)


def test_another_wait_is_reminded_of_again(ntt_officer: User, visitor_person: User) -> None:
    organisation = waiting(6, owner=visitor_person)
    reminders.run()
    organisation = transitions.send_back(organisation, actor=ntt_officer, note="The town is wrong.")
    organisation = transitions.resubmit(organisation, actor=visitor_person)
    Organisation.objects.filter(pk=organisation.pk).update(status_since=clock.now() - timedelta(days=5))

    reminders.run()

    assert ValidationReminder.objects.filter(organisation=organisation).count() == 2


def test_what_falls_due_together_comes_in_one_notice(ntt_officer: User) -> None:
    first = waiting(7, legal_name="First mill")
    for number in range(30):
        waiting(6, legal_name=f"Mill {number}")

    reminders.run()

    notice = Notice.objects.get(person=ntt_officer)
    assert "31 registrations" in notice.subject
    assert first.legal_name in notice.text
    assert notice.link == "/organisations/?status=submitted"


def test_a_single_one_is_named(ntt_officer: User) -> None:
    organisation = waiting(7, legal_name="Mill {number} 100 %")

    reminders.run()

    notice = Notice.objects.get(person=ntt_officer)
    assert notice.subject == "Mill {number} 100 % still waits for its validation"
    assert notice.link == f"/organisation/{organisation.pk}/"


def test_where_a_cluster_has_no_staff_its_coordinator_is_told_at_once(coordinator: User) -> None:
    waiting(6)

    reminders.run()

    assert len(told(coordinator)) == 1


@pytest.mark.parametrize("status", [each for each in Status if each not in {Status.SUBMITTED, Status.MERGED}])
def test_what_does_not_wait_is_not_reminded_of(ntt_officer: User, status: Status) -> None:
    waiting(90, status=status)

    assert reminders.run() == 0


def test_the_days_are_a_dated_rule(ntt_officer: User) -> None:
    RuleSetting.objects.filter(name=RuleName.VALIDATION_REMINDER_DAYS).update(value=20)
    waiting(19)
    assert "still waits" not in str(reminders.run() and told(ntt_officer))

    waiting(21)
    reminders.run()

    assert len(told(ntt_officer)) == 1


def test_a_cluster_that_fails_does_not_stop_the_others(
    ntt_officer: User, clutex_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(6)
    waiting(6, reference_cluster="CLUTEX", country="CZ")
    remind = notices.remind_of_validation

    def fail_for_one(people: Any, cluster: Any, *args: Any, **kwargs: Any) -> None:
        if cluster.short_name == "CLUTEX":
            raise RuntimeError("A fault of our own.")
        remind(people, cluster, *args, **kwargs)

    monkeypatch.setattr(notices, "remind_of_validation", fail_for_one)

    assert reminders.run() == 1
    assert len(told(ntt_officer)) == 1
    assert not ValidationReminder.objects.filter(organisation__reference_cluster__short_name="CLUTEX").exists()


def test_nobody_is_told_whose_role_has_ended(ntt_officer: User, coordinator: User) -> None:
    StaffRole.objects.filter(user=ntt_officer).delete()
    waiting(6)

    reminders.run()

    assert told(ntt_officer) == []
    assert len(told(coordinator)) == 1
