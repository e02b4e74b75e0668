"""The only door to a candidature or a proposal: what a person may not see is not found."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.enums import ParticipantRole
from extratex.shared.htmx import HtmxHttpRequest
from matchmaking.models import Candidature, Proposal

LONGEST_KEY = 18


def visible_candidature(request: HtmxHttpRequest, pk: int) -> Candidature:
    """Return the candidature if the person may see it; 404 otherwise."""
    return get_object_or_404(Candidature.objects.visible_to(request.user).with_profile(), pk=pk)


def listed(request: HtmxHttpRequest, role: ParticipantRole, pk: int) -> Candidature:
    """Return the candidature if the catalogue of its role shows it to the person; 404 otherwise."""
    rows = Candidature.objects.in_catalogue_for(request.user, role).with_profile()
    return get_object_or_404(rows.select_related("entry"), pk=pk)


def visible_proposal(request: HtmxHttpRequest, pk: int) -> Proposal:
    """Return the proposal with both profiles if the person may see it; 404 otherwise."""
    sides = ("visitor", "host")
    rows = Proposal.objects.visible_to(request.user).select_related(
        "author",
        *(f"{side}__organisation__reference_cluster" for side in sides),
        *(f"{side}__contact" for side in sides),
    )
    lists = ("purposes", "technologies", "sectors", "availabilities", "organisation__sectors")
    return get_object_or_404(rows.prefetch_related(*(f"{side}__{name}" for side in sides for name in lists)), pk=pk)


def proposal_of_thread(request: HtmxHttpRequest, pk: int) -> Proposal:
    """Return the proposal with no more than its messages need, if the person may see it; 404 otherwise."""
    rows = Proposal.objects.visible_to(request.user).select_related("visitor__organisation", "host__organisation")
    return get_object_or_404(rows, pk=pk)


def key_in(query: Any, name: str) -> int | None:
    """Return the key that an address carries, None where it carries none; 404 for what is no key."""
    given = query.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= LONGEST_KEY):
        raise Http404
    return int(given)
