"""Is the portal well? For the process supervisor, for the load balancer, and in detail for staff."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.db.models import Min
from django.http import HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg_pool import PoolTimeout

from extratex.documents.models import Document
from extratex.notices.models import Notice, Tick
from extratex.shared.htmx import HtmxHttpRequest, render_page

MAIL_MAY_TAKE = timedelta(minutes=10)
CHECK_MAY_TAKE = timedelta(minutes=5)
SWEEP_MAY_TAKE = timedelta(minutes=2)
LEAST_FREE_SHARE = 0.1
BROKER_TIMEOUT_SECONDS = 1.0
SHOWN_AT_ONCE = 50


@never_cache
@login_not_required
@require_safe
def livez(_request: HtmxHttpRequest) -> HttpResponse:
    """Answer that this process works; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def readyz(_request: HtmxHttpRequest) -> HttpResponse:
    """Answer 200 where requests can be served, 503 without the database; broker and mail only as degraded."""
    if not _database_answers():
        return JsonResponse({"status": "unavailable", "database": "down"}, status=503)
    parts = {
        "database": "ok",
        "broker": "ok" if _broker_answers() else "degraded",
        "mail": "degraded" if Notice.objects.overdue(by=MAIL_MAY_TAKE).exists() else "ok",
    }
    return JsonResponse({"status": "degraded" if "degraded" in parts.values() else "ok", **parts})


@never_cache
@require_safe
def statusz(request: HtmxHttpRequest) -> HttpResponse:
    """Show staff what waits, what was given up, and whether the regular work runs."""
    if not request.user.is_staff:
        raise PermissionDenied
    context = {
        "findings": [_broker(), _regular_work(), _mail(), _files(), _disk()],
        "failed": Notice.objects.failed().order_by("-failed_at")[:SHOWN_AT_ONCE],
        "parked": Document.objects.parked().order_by("queued_at")[:SHOWN_AT_ONCE],
    }
    return render_page(request, "statusz.html", context)


@dataclass(frozen=True)
class Finding:
    """One part of the portal: how it is in words, and whether that is in order."""

    part: str
    words: str
    is_fine: bool


def _broker() -> Finding:
    answers = _broker_answers()
    words = _("answers") if answers else _("does not answer; the work goes on every half minute once it is back")
    return Finding(_("Broker"), words, answers)


def _regular_work() -> Finding:
    ticked_at = Tick.objects.filter(name="notices.sweep").values_list("at", flat=True).first()
    if ticked_at is None:
        return Finding(_("Regular work"), _("has never run"), is_fine=False)
    words = _("last ran %(age)s ago") % {"age": timesince(ticked_at)}
    return Finding(_("Regular work"), words, timezone.now() - ticked_at <= SWEEP_MAY_TAKE)


def _mail() -> Finding:
    waiting = Notice.objects.waiting()
    oldest = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return _queue(_("Outbox"), waiting.count(), oldest, MAIL_MAY_TAKE)


def _files() -> Finding:
    unchecked = Document.objects.unchecked()
    oldest = unchecked.aggregate(oldest=Min("queued_at"))["oldest"]
    return _queue(_("Uploads to check"), unchecked.count(), oldest, CHECK_MAY_TAKE)


def _queue(part: str, length: int, oldest: datetime | None, may_take: timedelta) -> Finding:
    words = ngettext("%(length)s waits", "%(length)s wait", length) % {"length": length}
    if oldest and oldest < timezone.now():
        words += _(", the oldest for %(age)s") % {"age": timesince(oldest)}
    return Finding(part, words, oldest is None or timezone.now() - oldest <= may_take)


def _disk() -> Finding:
    """Look at the disk of the documents, or at what will hold them."""
    folder = settings.DOCUMENTS_ROOT.resolve()
    disk = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    sizes = {"free": filesizeformat(disk.free), "total": filesizeformat(disk.total)}
    return Finding(_("Disk"), _("%(free)s free of %(total)s") % sizes, disk.free >= LEAST_FREE_SHARE * disk.total)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout):
        return False
    return True


def _broker_answers() -> bool:
    times = {"socket_timeout": BROKER_TIMEOUT_SECONDS, "socket_connect_timeout": BROKER_TIMEOUT_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **times) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError):
        return False


urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("statusz/", statusz, name="statusz"),
]
