"""How a view answers a browser, and how htmx."""

import json
from typing import cast

import pytest
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from clusters.models import User
from extratex.shared.htmx import FragmentMiddleware, HtmxHttpRequest

pytestmark = pytest.mark.usefixtures("programme")


def request_of(*, htmx: bool) -> HtmxHttpRequest:
    """Make a request as a browser or as htmx sends it."""
    headers = {"HX-Request": "true"} if htmx else {}
    request = cast("HtmxHttpRequest", RequestFactory().get("/", headers=headers))
    request.htmx = HtmxDetails(request)
    request.session = {}  # type: ignore[assignment]
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    return request


def test_an_expired_sign_in_takes_the_whole_page_there(client: Client) -> None:
    response = client.get("/organisation/", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response.headers["HX-Redirect"].startswith("/accounts/login/")


def test_a_browser_is_redirected_as_usual() -> None:
    response = FragmentMiddleware(lambda _request: redirect("/partners/"))(request_of(htmx=False))

    assert response.status_code == 302


def test_caches_keep_the_two_answers_apart(client: Client) -> None:
    assert "HX-Request" in client.get("/partners/").headers["Vary"]


def test_messages_travel_with_a_fragment_each_ended_with_one_full_stop() -> None:
    def view(request: HtmxHttpRequest) -> HttpResponse:
        messages.success(request, "It is passed to Prova S.r.l..")
        return HttpResponse("row")

    response = FragmentMiddleware(view)(request_of(htmx=True))

    trigger = json.loads(response.headers["HX-Trigger"])
    assert [each["text"] for told in trigger.values() for each in told] == ["It is passed to Prova S.r.l."]


def test_messages_stay_for_the_next_page_of_a_browser() -> None:
    def view(request: HtmxHttpRequest) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponse("page")

    assert "HX-Trigger" not in FragmentMiddleware(view)(request_of(htmx=False)).headers


def test_a_boosted_link_gets_the_whole_page(client: Client, ntt_officer: User) -> None:
    client.force_login(ntt_officer)

    response = client.get("/organisations/", headers={"HX-Request": "true", "HX-Boosted": "true"})

    assert "<html" in response.content.decode()
