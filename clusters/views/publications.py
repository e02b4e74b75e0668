"""What everybody may read: news, also as feeds, downloads, and calls for experts."""

from bisect import bisect_right
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.cache import caches
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clusters import published
from clusters.models import Call, CallApplication, Download, NewsItem
from clusters.permissions import can_publish_for
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.publishing.pages import never, public_page
from extratex.shared import clock
from extratex.shared.htmx import HtmxHttpRequest, render_page

ROWS = 12
IN_A_FEED = 30


def newest(mark: str) -> tuple[int, int]:
    """Return how many news are public by now, and how many of the pictures that were being checked are shown.

    What is dated ahead, and a picture whose check has ended, appear by themselves: which ones may is read once a mark.
    """
    key = f"news-to-come-{mark}"
    if (found := caches["pages"].get(key)) is None:
        dated = NewsItem.objects.exclude(published_at=None).order_by("published_at")
        waiting = dated.exclude(picture__state=State.CLEAN).exclude(picture=None)
        found = [*dated.values_list("published_at", flat=True)], [*waiting.values_list("picture", flat=True)]
        caches["pages"].set(key, found)
    moments, pictures = found
    checked = Document.objects.filter(pk__in=pictures, state=State.CLEAN).count() if pictures else 0
    return bisect_right(moments, clock.now()), checked


@public_page(varies=newest)
def news(request: HtmxHttpRequest) -> HttpResponse:
    """List what is new, the newest first."""
    rows = NewsItem.objects.public().select_related("partnership", "picture")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "clusters/publications/news.html", {"page": page})


@public_page(kept=never)
def news_item(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show one piece of news."""
    rows = NewsItem.objects.visible_to(request.user).select_related("partnership__wave", "picture")
    item = get_object_or_404(rows, slug=slug)
    may_edit = can_publish_for(request.user, item.partnership)
    context = {
        "item": item,
        "may_edit": may_edit,
        "shared_picture": item.picture if item.is_public and item.picture and item.picture.is_clean else None,
        "shared_picture_shows": item.picture_shows,
        **published.statements_of(item.partnership),
    }
    return render_page(request, "clusters/publications/news_item.html", context)


@public_page(kept=never)
def downloads(request: HtmxHttpRequest) -> HttpResponse:
    """List the documents for everybody."""
    rows = Download.objects.public().select_related("partnership", "document")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "clusters/publications/downloads.html", {"page": page})


@public_page(kept=never)
def calls(request: HtmxHttpRequest) -> HttpResponse:
    """List the calls for experts: those that are open or will be, then the closed ones."""
    rows = Call.objects.public().select_related("partnership")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render_page(request, "clusters/publications/calls.html", {"page": page})


@public_page(kept=never)
def call(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show one call: its terms of reference, its window, and the way to apply."""
    rows = Call.objects.visible_to(request.user).select_related("partnership__wave", "terms_document")
    found = get_object_or_404(rows, slug=slug)
    user = request.user
    context = {
        "call": found,
        **published.statements_of(found.partnership),
        "may_edit": can_publish_for(user, found.partnership),
        "mine": CallApplication.objects.filter(call=found, applicant=user).first() if user.is_authenticated else None,
        "judges": user.is_authenticated and found.committee.filter(pk=user.pk).exists(),
    }
    return render_page(request, "clusters/publications/call.html", context)


class NewsRss(Feed):  # type: ignore[type-arg]
    """The news as RSS."""

    title = _("ClusterXchange: news")
    description = _("What is new in the programme and its partnerships.")

    def link(self) -> str:
        """Return where the news stand."""
        return reverse("clusters:news")

    def items(self) -> list[NewsItem]:
        """Return the newest."""
        return list(NewsItem.objects.public()[:IN_A_FEED])

    def item_title(self, item: Any) -> str:
        """Return the title as plain text; the feed escapes it."""
        return str(item.title)

    def item_description(self, item: Any) -> str:
        """Return the summary."""
        return str(item.summary)

    def item_link(self, item: Any) -> str:
        """Return the page."""
        return str(item.get_absolute_url())

    def item_pubdate(self, item: Any) -> datetime | None:
        """Return when it was published."""
        published: datetime | None = item.published_at
        return published


class NewsAtom(NewsRss):
    """The news as Atom."""

    feed_type = Atom1Feed
    subtitle = NewsRss.description


news_rss = login_not_required(require_safe(NewsRss()))
news_atom = login_not_required(require_safe(NewsAtom()))
