"""What of this app can be found by the search and stands in the sitemap."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import published, queries
from clusters.guide import GUIDES, guide_for
from clusters.models import Call, Cluster, Download, NewsItem, Partnership
from extratex.publishing import registry
from extratex.publishing.registry import Found, Source

STILL_PAGES: dict[str, tuple[StrOrPromise, str]] = {
    "privacy": (_("Privacy"), "pages/privacy.html"),
    "cookies": (_("Cookies"), "pages/cookies.html"),
    "accessibility": (_("Accessibility"), "pages/accessibility.html"),
}
LISTS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "home": (_("ClusterXchange programme"), _("What the programme is, what has been reached, what comes next.")),
    "eligibility": (_("May we take part?"), _("The answer by the rule that decides, without an account.")),
    "lump_sums": (_("Lump sums"), _("What a stay earns, derived line by line; all rates by host country.")),
    "clusters:partners": (_("Partners"), _("The clusters that take part, on a map and as a list.")),
    "clusters:partnerships": (_("Partnerships"), _("The European cluster partnerships of each wave.")),
    "clusters:missions": (_("Missions"), _("Visits that a partnership has organised for many.")),
    "clusters:events": (_("Events"), _("Learning events and matchmaking events.")),
    "clusters:news": (_("News"), _("What is new in the programme and its partnerships.")),
    "clusters:calls": (_("Calls for experts"), _("The partnerships look for trainers, assessors and speakers.")),
    "clusters:downloads": (_("Downloads"), _("Forms, guides and reports for everybody.")),
    "clusters:contact": (_("Contact"), _("The cluster for your country and sector, and whom to ask there.")),
}
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)


def register() -> None:
    """Make the pages of this app findable."""
    registry.register(Source("partnerships", _("Partnership"), partnerships))
    registry.register(Source("clusters", _("Cluster"), clusters))
    registry.register(Source("events", _("Mission or event"), events))
    registry.register(Source("news", _("News"), news))
    registry.register(Source("calls", _("Call for experts"), calls))
    registry.register(Source("downloads", _("Download"), downloads))
    registry.register(Source("pages", _("About the programme"), pages))


def partnerships() -> Iterator[Found]:
    """Return every partnership with its texts and the names of its clusters."""
    rows = Partnership.objects.select_related("wave").prefetch_related(
        "members__cluster", "emerging_industries", "sectors"
    )
    for row in rows:
        terms = [*row.emerging_industries.all(), *row.sectors.all()]
        names = [member.cluster.name for member in row.members.all()]
        text = _joined(row.title, row.focus, row.objectives, row.results, row.target_groups, row.wave, *terms, *names)
        yield Found(str(row.pk), row.get_absolute_url(), row.acronym, text)


def clusters() -> Iterator[Found]:
    """Return every cluster with its texts and what it works on."""
    rows = Cluster.objects.prefetch_related("sectors", "technologies", "emerging_industries")
    for row in rows:
        terms = [*row.sectors.all(), *row.technologies.all(), *row.emerging_industries.all()]
        names = (row.short_name, row.town, row.region, row.country.name)
        text = _joined(*names, row.description, row.priorities, *terms)
        yield Found(str(row.pk), row.get_absolute_url(), row.name, text)


def events() -> Iterator[Found]:
    """Return every mission and event."""
    for row in published.events_for_list():
        where = (row.place, row.country.name if row.country else "", row.host_cluster or "")
        text = _joined(row.get_kind_display(), row.partnership.acronym, *where, row.facts)
        yield Found(str(row.pk), row.get_absolute_url(), row.title, text)


def news() -> Iterator[Found]:
    """Return what is published as news."""
    for row in NewsItem.objects.public().select_related("partnership"):
        yield Found(str(row.pk), row.get_absolute_url(), row.title, _joined(row.summary, row.text, row.partnership))


def calls() -> Iterator[Found]:
    """Return the calls, open and closed."""
    for row in Call.objects.public().select_related("partnership"):
        text = _joined(row.reference, row.summary, row.terms, row.partnership)
        yield Found(str(row.pk), row.get_absolute_url(), row.title, text)


def downloads() -> Iterator[Found]:
    """Return the downloads; each is found on the page that lists them."""
    for row in Download.objects.public():
        address = f"{reverse('clusters:downloads')}#download-{row.pk}"
        yield Found(str(row.pk), address, row.title, _joined(row.description))


def pages() -> Iterator[Found]:
    """Return the pages that explain, and those that list."""
    for name, (title, text) in LISTS.items():
        yield Found(name, reverse(name), str(title), str(text))
    for name, (title, template) in STILL_PAGES.items():
        yield Found(name, reverse(name), str(title), _words_of(template, {}))
    rules = [rule.sentence for rule in queries.eligibility_in_force()]
    yield Found("programme", reverse("clusters:programme"), str(_("How the programme works")), _joined(*rules))
    for role, guide in GUIDES.items():
        text = _words_of("programme/how_it_works.html", {"guide": guide_for(role)})
        yield Found(f"how-it-works-{role}", reverse("clusters:how_it_works", args=[role]), str(guide.title), text)


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _words_of(template: str, context: dict[str, Any]) -> str:
    """Return the words of a page without its frame."""
    drawn: Iterable[str] = MAIN.findall(render_to_string(template, context))
    return unescape(strip_tags(" ".join(drawn).replace("<", " <")))
