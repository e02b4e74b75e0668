"""A candidature as others read it: without its name it is its sectors and its country, until there is a proposal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clusters.permissions import roles_of
from matchmaking import pages, permissions
from matchmaking.models import Candidature, Proposal
from matchmaking.words import listed


@dataclass(frozen=True)
class Shown:
    """A candidature with what one reader may know of it."""

    candidature: Candidature
    is_named: bool
    is_own: bool

    @property
    def pk(self) -> int:
        """Return the key of the candidature."""
        return self.candidature.pk

    @property
    def name(self) -> str:
        """Return the name of the organisation, or what stands for it."""
        organisation = self.candidature.organisation
        if self.is_named:
            return str(organisation.legal_name)
        text = _("A visitor from %(country)s") if self.candidature.is_visitor else _("A host in %(country)s")
        return text % {"country": organisation.country.name}

    @property
    def place(self) -> str:
        """Return town and country, or the country alone."""
        organisation = self.candidature.organisation
        return str(organisation.place if self.is_named else organisation.country.name)

    @property
    def kind(self) -> str:
        """Return the kind of organisation; nothing without the name."""
        return str(self.candidature.organisation.get_type_display()) if self.is_named else ""

    @property
    def brief(self) -> list[pages.Fact]:
        """Return the few facts that stand in a list."""
        return pages.brief_of(self.candidature) if self.is_named else [self._sectors()]

    @property
    def profile(self) -> list[pages.Fact]:
        """Return what it seeks or offers."""
        return pages.profile_of(self.candidature) if self.is_named else []

    @property
    def facts(self) -> list[pages.Fact]:
        """Return the facts of its organisation."""
        return pages.organisation_facts(self.candidature) if self.is_named else [self._sectors()]

    def _sectors(self) -> pages.Fact:
        organisation = self.candidature.organisation
        return _("Sectoral industries"), listed(term.name for term in organisation.sectors.all())


def shown_to(user: Any, candidatures: Iterable[Candidature]) -> list[Shown]:
    """Return candidatures as a person may read them (one query, however many they are).

    Without its name a candidature is known to its own people, to who looks after it, and to who has a proposal with it.
    """
    rows = list(candidatures)
    mine = roles_of(user).organisations
    known = _with_proposal(mine, [row.pk for row in rows if not row.is_named])
    return [
        Shown(
            row,
            is_named=row.is_named
            or row.pk in known
            or row.organisation_id in mine
            or permissions.looks_after(user, row)
            or roles_of(user).oversees_all,
            is_own=row.organisation_id in mine,
        )
        for row in rows
    ]


def _with_proposal(organisations: frozenset[int], keys: list[int]) -> set[int]:
    if not keys:
        return set()
    as_host = Q(host__in=keys, visitor__organisation__in=organisations)
    as_visitor = Q(visitor__in=keys, host__organisation__in=organisations)
    pairs = Proposal.objects.filter(as_host | as_visitor).order_by().values_list("visitor", "host")
    return {key for pair in pairs for key in pair} & set(keys)
