"""The pages of the matching: who reads, starts and cancels runs, and what they say."""

import pytest

from matchmaking import matching, shards
from matchmaking.enums import RunStatus
from matchmaking.models import MatchRun
from tests import factories as people
from tests.matchmaking import factories

pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture
def done(visitor, host):
    run = matching.ask(visitor.wave)
    shards.carry_out(run.pk)
    run.refresh_from_db()
    return run


def test_a_coordinator_starts_a_run_and_follows_it(client, coordinator, visitor):
    client.force_login(coordinator)

    page = client.post("/matching/start/", follow=True).content.decode()

    run = MatchRun.objects.get()
    assert run.asked_by == coordinator
    assert "Waiting" in page
    assert f'hx-get="/matching/{run.pk}/"' in page
    assert "Cancel this run" in page


def test_a_run_that_is_over_shows_figures_weights_and_changed_lists(client, coordinator, done, visitor):
    client.force_login(coordinator)

    page = client.get(f"/matching/{done.pk}/").content.decode()

    assert "Suggestions to visitors" in page
    assert "Technologies sought, rare ones more" in page
    assert f"?candidature={visitor.pk}#change" in page
    assert "every 2s" not in page


def test_on_demand_one_reads_what_has_changed_in_one_list(client, coordinator, done, visitor, host):
    client.force_login(coordinator)

    page = client.get(f"/matching/{done.pk}/?candidature={visitor.pk}").content.decode()

    assert f"The list of {visitor.organisation.legal_name}" in page
    assert host.organisation.legal_name in page


def test_htmx_gets_only_the_progress(client, coordinator, done):
    client.force_login(coordinator)

    page = client.get(f"/matching/{done.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert "<h1" not in page
    assert "Suggestions to visitors" in page


def test_a_run_under_way_shows_how_far_it_is(client, coordinator, visitor):
    run = MatchRun.objects.create(wave=visitor.wave, status=RunStatus.RUNNING, total=9, done=3)
    client.force_login(coordinator)

    page = client.get(f"/matching/{run.pk}/").content.decode()

    assert "3 of 9 lists" in page
    assert '<progress class="w-100" id="run-progress" value="3" max="9">' in page
    assert "every 2s" in page


def test_a_run_is_compared_with_the_one_before_and_says_why_it_differs(client, coordinator, done, visitor):
    weights = done.parameters["weights"]
    MatchRun.objects.filter(pk=done.pk).update(parameters=done.parameters | {"weights": weights | {"dates": 1}})
    factories.make_host()
    after = matching.ask(visitor.wave)
    shards.carry_out(after.pk)
    client.force_login(coordinator)

    page = client.get(f"/matching/{after.pk}/").content.decode()

    assert "Since the run before" in page
    assert "Weight of “Time free together”: 8 instead of 1." in page
    assert "Lists that have changed" in page


def test_a_coordinator_cancels_a_run_once(client, coordinator, visitor):
    run = matching.ask(visitor.wave)
    client.force_login(coordinator)

    assert "The run is cancelled." in client.post(f"/matching/{run.pk}/cancel/", follow=True).content.decode()
    assert "The run was over already." in client.post(f"/matching/{run.pk}/cancel/", follow=True).content.decode()

    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED


def test_other_staff_read_but_neither_start_nor_cancel(client, ntt_officer, visitor):
    run = matching.ask(visitor.wave)
    client.force_login(ntt_officer)

    assert "Rank everybody now" not in client.get("/matching/").content.decode()
    assert "Cancel this run" not in client.get(f"/matching/{run.pk}/").content.decode()
    assert client.post("/matching/start/").status_code == 403
    assert client.post(f"/matching/{run.pk}/cancel/").status_code == 403


def test_a_run_is_taken_back_by_whoever_asked_for_it(client, coordinator, programme_officer, visitor):
    run = matching.ask(visitor.wave, by=coordinator)
    client.force_login(people.make_staff("coordinator", people.partnership("EXXTRA")))

    assert "Cancel this run" not in client.get(f"/matching/{run.pk}/").content.decode()
    assert client.post(f"/matching/{run.pk}/cancel/").status_code == 403

    client.force_login(programme_officer)
    assert client.post(f"/matching/{run.pk}/cancel/").status_code == 302


def test_the_coordinator_of_another_wave_starts_and_cancels_nothing(client, visitor):
    run = matching.ask(visitor.wave)
    client.force_login(people.make_staff("coordinator", people.partnership("HempCluB")))

    assert "Rank everybody now" not in client.get("/matching/").content.decode()
    assert client.post("/matching/start/").status_code == 403
    assert client.post(f"/matching/{run.pk}/cancel/").status_code == 403


def test_members_find_no_run(client, visitor_person, done):
    client.force_login(visitor_person)

    assert client.get("/matching/").status_code == 403
    assert client.get(f"/matching/{done.pk}/").status_code == 404
    assert client.post(f"/matching/{done.pk}/cancel/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_three_runs_as_for_one(
    client, sign_in, coordinator, visitor, django_assert_num_queries, rows
):
    for _number in range(rows):
        MatchRun.objects.create(wave=visitor.wave, status=RunStatus.DONE, asked_by=coordinator)
    sign_in(coordinator)

    with django_assert_num_queries(16):
        page = client.get("/matching/").content.decode()

    assert page.count("data-run") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_run_takes_as_many_queries_for_three_lists_as_for_one(
    client, sign_in, coordinator, visitor, host, django_assert_num_queries, rows
):
    for _number in range(rows - 1):
        factories.make_visitor()
    run = matching.ask(visitor.wave)
    shards.carry_out(run.pk)
    sign_in(coordinator)

    with django_assert_num_queries(14):
        client.get(f"/matching/{run.pk}/")
