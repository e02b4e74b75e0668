"""Searching, and what other programmes read: the sitemap and the rules for robots."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as draw_sitemap
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from extratex.publishing import search
from extratex.publishing.models import SearchEntry
from extratex.publishing.pages import never, public_page
from extratex.publishing.registry import sources
from extratex.shared.htmx import HtmxHttpRequest, render_page

ROWS = 20


class PublicPages(Sitemap[SearchEntry]):
    """Every page that can be found, under the address that the portal is known by."""

    limit = 5000

    def items(self) -> QuerySet[SearchEntry]:
        """Return the pages in a fixed order."""
        search.refresh()
        return SearchEntry.objects.only("url", "changed_at").order_by("source", "pk")

    def location(self, item: SearchEntry) -> str:
        """Return the address of a page."""
        return item.url

    def lastmod(self, item: SearchEntry) -> object:
        """Return when its words changed last."""
        return item.changed_at

    def get_domain(self, site: object = None) -> str:  # noqa: ARG002 - the portal knows its own name
        """Return the portal's own host, whatever name it was asked under."""
        return settings.SITE_ADDRESS.partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:  # noqa: ARG002 - likewise
        """Return the portal's own protocol."""
        return settings.SITE_ADDRESS.partition("://")[0]


@public_page(kept=never)
def find(request: HtmxHttpRequest) -> HttpResponse:
    """Search everything that is public."""
    asked = request.GET.get("q", "")[: search.LONGEST_QUERY]
    words = search.words_of(asked)
    page = Paginator(search.find(asked), ROWS).get_page(request.GET.get("page"))
    labels = {source.name: source.label for source in sources()}
    context = {
        "asked": asked.replace("\0", ""),
        "words": words,
        "page": page,
        "hits": [
            {
                "url": entry.url,
                "kind": labels.get(entry.source, ""),
                "title": search.marked(entry.title, words),
                "excerpt": search.excerpt(entry.text, words),
            }
            for entry in page
        ],
    }
    return render_page(request, "publishing/search.html", context, fragment="results")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public pages for search engines."""
    return draw_sitemap(request, {"pages": PublicPages}, section=None)


@login_not_required
@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Say what robots may read: everything that is public, but no questions that somebody asked."""
    lines = ["User-agent: *", f"Disallow: {reverse('search')}?", f"Disallow: {reverse('account_login')}"]
    lines.append(f"Sitemap: {settings.SITE_ADDRESS}{reverse('sitemap')}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
