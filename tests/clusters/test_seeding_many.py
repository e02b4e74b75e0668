"""Organisations and clusters made up for load."""

from collections import Counter

import pytest

from clusters import queries
from clusters.enums import OrganisationStatus, StaffRoleName
from clusters.models import Cluster, Organisation, OrganisationEvent, Partnership, StaffRole
from clusters.seeding import fitting, generate_clusters, generate_organisations
from clusters.seeding.generated import Maker
from clusters.seeding.generated_clusters import MADE_UP, OF_A_PARTNERSHIP

pytestmark = pytest.mark.usefixtures("programme")


def facts(number):
    rows = Organisation.objects.order_by("pk")[:number]
    return [(row.legal_name, row.country.code, row.town, row.status, row.status_since, row.website) for row in rows]


@pytest.fixture
def many(programme):
    generate_clusters(60)
    generate_organisations(250)


def test_they_stand_in_every_status_and_their_names_differ_as_in_life(many):
    shares = Counter(Organisation.objects.values_list("status", flat=True))

    assert set(shares) == {"validated", "submitted", "draft", "changes_requested", "rejected"}
    assert shares["validated"] > 200
    assert 5 < shares["submitted"] < 40
    names = Organisation.objects.values_list("name_key", flat=True)
    assert len(set(names)) > 0.95 * len(names)


def test_each_has_an_owner_a_history_and_what_its_name_is_found_by(many):
    for organisation in Organisation.objects.prefetch_related("memberships", "events"):
        assert len(organisation.memberships.all()) == 1
        moves = [event.move for event in organisation.events.all()]
        assert moves[0] == "begin"
        assert organisation.events.all().last().target == organisation.status
        assert organisation.name_key
        assert organisation.name_grams
        assert organisation.created_at <= organisation.status_since
        assert organisation.versions.count() == 1
    assert OrganisationEvent.objects.filter(move="submit").exists()


def test_the_same_seed_makes_the_same_and_another_seed_makes_others(many):
    again = [Maker(2026, index).draft().organisation for index in range(20)]
    other = [Maker(7, index).draft().organisation for index in range(20)]

    assert [(row.legal_name, row.status, row.status_since, row.website) for row in again] == [
        (name, status, since, website) for name, _country, _town, status, since, website in facts(20)
    ]
    assert [row.legal_name for row in other] != [row.legal_name for row in again]


def test_made_up_clusters_share_the_organisations_and_the_partnerships(many):
    made_up = Cluster.objects.filter(source=MADE_UP)
    partnerships = Partnership.objects.filter(title=MADE_UP)

    assert made_up.count() == 60
    assert [each.members.count() for each in partnerships.order_by("pk")] == [OF_A_PARTNERSHIP, 10]
    assert all(each.members.filter(coordinates=True).count() == 1 for each in partnerships)
    assert StaffRole.objects.filter(role=StaffRoleName.COORDINATOR, partnership__in=partnerships).count() == 2
    assert StaffRole.objects.filter(cluster__in=made_up).count() == 60
    assert set(made_up.values_list("pk", flat=True)) <= set(queries.clusters_to_choose().values_list("pk", flat=True))
    busiest = Counter(Organisation.objects.values_list("reference_cluster", flat=True)).most_common(1)[0][1]
    assert busiest < 50


def test_more_clusters_are_added_to_those_that_are_there():
    assert generate_clusters(10) == 10
    assert generate_clusters(10) == 0
    assert generate_clusters(60) == 50
    assert Partnership.objects.filter(title=MADE_UP).count() == 2


def test_a_few_organisations_get_no_clusters_and_200_000_get_1_500():
    assert fitting(60) == fitting(1999) == 0
    assert fitting(200_000) == 1503


def test_it_says_how_far_it_is_and_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr("clusters.seeding.generated.CHUNK", 4)
    told = []

    generate_organisations(6, tell=lambda done, wanted: told.append((done, wanted)))
    created = generate_organisations(10, tell=lambda done, wanted: told.append((done, wanted)))

    assert told == [(4, 6), (6, 6), (10, 10)]
    assert created == 4
    assert Organisation.objects.filter(status=OrganisationStatus.VALIDATED).count() >= 7
    assert Organisation.objects.count() == 10
