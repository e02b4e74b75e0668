"""How a view answers: a whole page, or for htmx only the fragment that the page itself is made of."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request as the views see it: with htmx's details, who asks, and whether the page is for everybody."""

    htmx: HtmxDetails
    user: Any
    is_public: bool


def render_page(
    request: HtmxHttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page, or for an htmx request only its named partial."""
    wants_fragment = fragment is not None and bool(request.htmx) and not request.htmx.boosted
    name = f"{template}#{fragment}" if wants_fragment else template
    return render(request, name, dict(context or {}), status=status)


class FragmentMiddleware:
    """Lets htmx follow a sign-in, carries messages to a fragment, and keeps caches from mixing the two answers."""

    def __init__(self, get_response: Callable[[HtmxHttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxHttpRequest) -> HttpResponse:
        """Answer the request and adapt the answer where htmx asked."""
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        if not request.htmx:
            return response
        if response.status_code in {301, 302, 303}:
            return HttpResponseClientRedirect(response.headers["Location"])
        spoken = [{"text": str(message), "tone": message.level_tag} for message in messages.get_messages(request)]
        if spoken:
            response.headers["HX-Trigger"] = json.dumps({"spoken": spoken})
        return response
