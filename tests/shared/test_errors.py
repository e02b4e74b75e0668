"""What people see when something is refused or down."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from psycopg_pool import PoolTimeout

from clusters.models import Organisation, User
from extratex.shared.errors import ConflictMiddleware, DatabaseDownMiddleware
from extratex.shared.moves import MoveConflict
from extratex.urls import urlpatterns as real
from tests import factories

pytestmark = pytest.mark.usefixtures("programme")


def broken(_request: HttpRequest, kind: str) -> HttpResponse:
    """Fail in a way that the address names."""
    faults: dict[str, Exception] = {
        "400": SuspiciousOperation("no"),
        "403": PermissionDenied("no"),
        "404": Http404("no"),
        "409": MoveConflict("Somebody was faster.", Organisation()),
        "500": RuntimeError("no"),
        "503": OperationalError("the server is gone"),
    }
    raise faults[kind]


urlpatterns = [path("broken/<str:kind>/", broken), *real]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["400", "403", "404", "409", "500", "503"])
def test_each_failure_has_a_page_with_a_way_on(client: Client, stranger: User, kind: str) -> None:
    client.force_login(stranger)
    client.raise_request_exception = False

    response = client.get(f"/broken/{kind}/")

    page = response.content.decode()
    assert response.status_code == int(kind)
    assert "<h1" in page
    assert "Traceback" not in page
    assert 'href="/' in page


@pytest.mark.urls(__name__)
def test_a_conflict_says_its_reason(client: Client, stranger: User) -> None:
    client.force_login(stranger)

    assert "Somebody was faster." in client.get("/broken/409/").content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("came_from", ["/organisation/1/", "/broken/409/"])
def test_a_conflict_leads_back_but_never_in_a_circle(client: Client, stranger: User, came_from: str) -> None:
    client.force_login(stranger)
    address = f"http://testserver{came_from}"

    page = client.get("/broken/409/", headers={"referer": address}).content.decode()

    assert (f'href="{address}"' in page) == (came_from != "/broken/409/")
    assert "See how it stands now" in page or "Go to your desk" in page


@pytest.mark.urls(__name__)
def test_a_database_that_is_down_asks_for_patience(client: Client, stranger: User) -> None:
    client.force_login(stranger)

    assert client.get("/broken/503/").headers["Retry-After"] == "10"


@pytest.mark.parametrize("fault", [OperationalError("gone"), PoolTimeout("no connection in time")])
def test_a_database_lost_outside_the_views_is_told_likewise(fault: Exception) -> None:
    def middleware_below(_request: HttpRequest) -> HttpResponse:
        raise fault

    response = DatabaseDownMiddleware(middleware_below)(RequestFactory().get("/"))

    assert response.status_code == 503


def test_other_faults_pass_both_middlewares() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert ConflictMiddleware(lambda _request: HttpResponse()).process_exception(request, ValueError()) is None
    assert DatabaseDownMiddleware(lambda _request: HttpResponse()).process_exception(request, ValueError()) is None


def test_a_form_without_its_token_is_refused_with_a_page(visitor_person: User) -> None:
    organisation = factories.make_organisation(owner=visitor_person)
    client = Client(enforce_csrf_checks=True)
    client.force_login(visitor_person)

    response = client.post(f"/organisation/{organisation.pk}/move/", {"move": "submit"})

    assert response.status_code == 403
    assert "<h1" in response.content.decode()
