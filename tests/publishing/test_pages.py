"""A public page is drawn once and never shown when what it says has changed, whatever way it was changed."""

import gzip
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from clusters.enums import OrganisationStatus
from clusters.models import Cluster, LumpSumRate, ProgrammeEvent
from exchanges.enums import ExchangeStatus
from extratex.publishing.models import Revision
from extratex.publishing.revisions import present_mark
from tests import factories
from tests.exchanges.money.factories import make_exchange

pytestmark = pytest.mark.usefixtures("programme")


def save_the_model() -> None:
    cluster = factories.cluster("NTT")
    cluster.description = "Looms that listen"
    cluster.save()


def update_in_bulk() -> None:
    Cluster.objects.filter(short_name="NTT").update(description="Looms that listen")


def write_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clusters_cluster SET description = %s WHERE short_name = 'NTT'", ["Looms that listen"])


@pytest.mark.parametrize("change", [save_the_model, update_in_bulk, write_sql])
def test_a_kept_page_is_drawn_anew_after_a_change_of_any_kind(client: Client, change: Callable[[], None]) -> None:
    assert "Looms that listen" not in client.get("/clusters/ntt/").content.decode()

    change()

    assert "Looms that listen" in client.get("/clusters/ntt/").content.decode()


def test_without_a_new_mark_the_old_page_would_stand(client: Client) -> None:
    """The negative control: it is the mark that makes a page new, and nothing else."""
    client.get("/clusters/ntt/")
    mark = Revision.objects.get().mark

    update_in_bulk()
    Revision.objects.update(mark=mark)

    assert "Looms that listen" not in client.get("/clusters/ntt/").content.decode()


def test_every_kind_of_published_row_changes_the_mark() -> None:
    marks = [present_mark()]
    for row in (LumpSumRate.objects.all()[0], ProgrammeEvent.objects.all()[0], factories.partnership()):
        row.save()
        marks.append(present_mark())

    assert len(set(marks)) == 4


def test_home_shows_the_figures_of_this_moment(client: Client) -> None:
    before = client.get("/").content.decode()
    make_exchange(ExchangeStatus.PAID)
    after = client.get("/").content.decode()

    assert "0 done of 59" in before
    assert "1 done of 59" in after


def test_a_browser_hears_that_nothing_has_changed(client: Client) -> None:
    tag = client.get("/partners/").headers["ETag"]

    unchanged = client.get("/partners/", headers={"If-None-Match": tag})
    update_in_bulk()
    changed = client.get("/partners/", headers={"If-None-Match": tag})

    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert changed.status_code == 200


def test_a_kept_page_travels_compressed_where_the_browser_can(client: Client) -> None:
    plain = client.get("/partners/")
    packed = client.get("/partners/", headers={"Accept-Encoding": "gzip, br"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert {"Accept-Encoding", "Cookie"} <= {name.strip() for name in packed.headers["Vary"].split(",")}


def test_a_page_for_one_person_is_never_kept(client: Client, coordinator) -> None:
    client.get("/partnerships/extratex/")
    client.force_login(coordinator)

    own = client.get("/partnerships/extratex/")
    other = Client().get("/partnerships/extratex/")

    assert "Change this page" in own.content.decode()
    assert "no-store" in own.headers["Cache-Control"]
    assert "Change this page" not in other.content.decode()


def test_a_long_question_is_answered_and_not_kept(client: Client) -> None:
    answer = client.get("/partners/?q=" + "x" * 90 + "&country=" + "y" * 200)

    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_an_organisation_does_not_touch_the_mark() -> None:
    before = present_mark()

    factories.make_organisation(status=OrganisationStatus.DRAFT)

    assert present_mark() == before
