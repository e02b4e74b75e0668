"""A page that everybody may read: drawn once for each state of what is published, never shown when that has changed."""

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from extratex.publishing.revisions import present_mark
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest

KEPT_SECONDS = 24 * 3600
LONGEST_QUERY = 200
VARIES_BY = ("Cookie", "Accept-Encoding", "Accept-Language", "HX-Request")

type View = Callable[..., HttpResponseBase]
type Varies = Callable[[str], object]
type Kept = Callable[[HtmxHttpRequest], bool]


def always(_request: HtmxHttpRequest) -> bool:
    """Keep the page, whatever is asked for."""
    return True


def never(_request: HtmxHttpRequest) -> bool:
    """Draw the page anew each time."""
    return False


def public_page(*, varies: Varies = lambda _mark: None, kept: Kept = always) -> Callable[[View], View]:
    """Open a view to everybody; keep its answer to who is not signed in, compressed, until what it shows changes.

    `varies` returns, for the present mark, what the page shows besides the published content, such as the figures
    reached; `kept` tells of which requests the answer is kept. Browsers ask each time whether the page has changed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HtmxHttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.is_public = True
            mark = present_mark() if kept(request) and _may_be_kept(request) else None
            if mark is None:
                return view(request, *args, **kwargs)
            return _answer(request, _key(request, mark, varies(mark)), lambda: view(request, *args, **kwargs))

        return login_not_required(require_safe(wrapper))

    return decorate


def _may_be_kept(request: HtmxHttpRequest) -> bool:
    personal = {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
    return not personal and not request.htmx and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY


def _key(request: HtmxHttpRequest, mark: str, shown: object) -> str:
    parts = (mark, request.get_full_path(), get_language(), clock.today(), shown)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _answer(request: HtmxHttpRequest, key: str, draw: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    etag = f'"{key[:32]}"'
    if etag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        return _marked(HttpResponseNotModified(), etag)
    page = caches["pages"].get(key)
    if page is None:
        drawn = draw()
        if drawn.status_code != HTTP_OK or drawn.streaming:
            return drawn
        page = _bytes_of(drawn)
        caches["pages"].set(key, page, KEPT_SECONDS)
    plain, compressed = page
    if "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        return _marked(HttpResponse(plain), etag)
    return _marked(HttpResponse(compressed, headers={"Content-Encoding": "gzip"}), etag)


def _bytes_of(drawn: HttpResponseBase) -> tuple[bytes, bytes]:
    if isinstance(drawn, SimpleTemplateResponse):
        drawn = drawn.render()
    content: bytes = drawn.content  # type: ignore[attr-defined]  # a streaming answer never comes here
    return content, gzip.compress(content, compresslevel=6, mtime=0)


def _marked[Answer: HttpResponseBase](response: Answer, etag: str) -> Answer:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, VARIES_BY)
    return response


HTTP_OK = 200
