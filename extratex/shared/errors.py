"""What people see when something is refused or down: a clear page with the next step, never a bare trace."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from psycopg_pool import PoolTimeout

from extratex.shared.logs import get_logger
from extratex.shared.moves import MoveConflict

logger = get_logger(__name__)

type GetResponse = Callable[[HttpRequest], HttpResponse]


class ConflictMiddleware:
    """Answers 409 with the reason when a move came too late."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a conflict into its page; leave everything else alone."""
        if not isinstance(exception, MoveConflict):
            return None
        context = {"reason": exception.reason, "fresh": exception.fresh, "back": _way_back(request)}
        return render(request, "409.html", context, status=409)


def _way_back(request: HttpRequest) -> str:
    """Return where the person came from; nothing where that page has just been refused."""
    came_from = request.META.get("HTTP_REFERER", "")
    return "" if request.method == "GET" and urlsplit(came_from).path == request.path else came_from


class DatabaseDownMiddleware:
    """Answers 503 and asks for patience while PostgreSQL cannot be reached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and catch a lost database also outside the views."""
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError, PoolTimeout) as fault:
            return self._unavailable(fault)

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a lost connection into the page; leave everything else alone."""
        return self._unavailable(exception) if isinstance(exception, (OperationalError, InterfaceError)) else None

    @staticmethod
    def _unavailable(fault: Exception) -> HttpResponse:
        logger.error("database_unreachable", error=str(fault))
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose security token is missing or out of date."""
    logger.warning("csrf_refused", reason=reason, path=request.path)
    return render(request, "403_csrf.html", status=403)
