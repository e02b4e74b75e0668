"""The administration pages of this app."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from clusters.enums import OrganisationStatus
from clusters.models import EligibilityRule, OrganisationEvent, User
from clusters.transitions import organisations as transitions
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")

OURS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "clusters"), key=lambda model: model.__name__
)
MAY_END = {"StaffRole"}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_opens_and_offers_no_deletion(client: Client, administrator: User, model: type) -> None:
    client.force_login(administrator)
    name = model._meta.model_name  # type: ignore[attr-defined]

    response = client.get(reverse(f"admin:clusters_{name}_changelist"))

    assert response.status_code == 200
    assert ("delete_selected" in response.content.decode()) is False or model.__name__ in MAY_END


@pytest.mark.parametrize("role", ["visitor_person", "ntt_officer", "coordinator", "programme_officer"])
def test_only_administrators_enter(request: pytest.FixtureRequest, client: Client, role: str) -> None:
    client.force_login(request.getfixturevalue(role))

    assert client.get(f"/{settings.ADMIN_PATH}/").status_code in {302, 403}


@pytest.mark.parametrize(("organisation_type", "warnings"), [("cluster", 0), ("large", 1)])
def test_what_no_text_states_carries_a_warning(
    client: Client, administrator: User, organisation_type: str, warnings: int
) -> None:
    rule = EligibilityRule.objects.filter(wave__name__startswith="ESCP", organisation_type=organisation_type)[0]
    client.force_login(administrator)

    page = client.get(reverse("admin:clusters_eligibilityrule_change", args=[rule.pk])).content.decode()

    assert page.count("Check with the Terms of Reference.") == warnings


def test_events_can_be_read_and_nothing_else(client: Client, administrator: User, visitor_person: User) -> None:
    draft = factories.make_organisation(owner=visitor_person, status=OrganisationStatus.DRAFT)
    transitions.submit(draft, actor=visitor_person)
    event = OrganisationEvent.objects.get()
    client.force_login(administrator)
    address = reverse("admin:clusters_organisationevent_change", args=[event.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, {"note": "Forged"}).status_code == 403
    assert client.get(reverse("admin:clusters_organisationevent_add")).status_code == 403


def test_the_administration_does_not_move_a_status(client: Client, administrator: User) -> None:
    organisation = factories.make_organisation(status=OrganisationStatus.SUBMITTED)
    client.force_login(administrator)

    client.post(
        reverse("admin:clusters_organisation_change", args=[organisation.pk]), {"status": OrganisationStatus.VALIDATED}
    )

    organisation.refresh_from_db()
    assert organisation.status == OrganisationStatus.SUBMITTED
