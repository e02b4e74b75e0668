"""What a demonstration begins with."""

import pytest

from clusters.enums import ParticipantRole
from clusters.models import LumpSumRate
from clusters.seeding import generate_organisations, load_people
from matchmaking import shards
from matchmaking.enums import CandidatureStatus, RunKind
from matchmaking.models import Candidature, MatchRun, Suggestion
from matchmaking.seeding import load_candidatures
from tests import factories as people

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def demonstration(programme):
    load_people()
    generate_organisations(40)
    return load_candidatures()


def test_visitor_and_host_of_the_demonstration_suit_each_other_best(demonstration):
    shards.carry_out(MatchRun.objects.get(kind=RunKind.WHOLE).pk)

    suggested = Suggestion.objects.filter(side=ParticipantRole.VISITOR, rank=1)
    best = suggested.get(visitor__contact__email="visitor@demo.example")
    assert best.host.contact.email == "host@demo.example"
    assert best.visitor.status == best.host.status == CandidatureStatus.VALIDATED
    assert [event.move for event in best.visitor.events.all()] == ["begin", "submit", "validate"]


def test_the_made_up_ones_take_part_in_both_roles_and_a_few_wait(demonstration):
    made_up = Candidature.objects.filter(contact__email__startswith="firm-")

    assert {each.role for each in made_up} == {"visitor", "host"}
    assert made_up.filter(status=CandidatureStatus.SUBMITTED).count() < made_up.count() / 5
    assert all(each.technologies.exists() and each.availabilities.exists() for each in made_up)
    assert demonstration == made_up.count() + 2


def test_loading_twice_changes_nothing_and_later_organisations_are_added(demonstration):
    before = list(Candidature.objects.values())

    assert load_candidatures() == 0
    assert list(Candidature.objects.values()) == before
    generate_organisations(45)
    assert load_candidatures() > 0


def test_organisations_that_people_registered_are_left_alone(programme):
    load_people()
    own = people.make_organisation(owner=people.make_person())

    load_candidatures()

    assert not Candidature.objects.filter(organisation=own).exists()


def test_without_an_open_wave_there_is_nothing_to_load(programme):
    LumpSumRate.objects.all().delete()

    assert load_candidatures() == 0
