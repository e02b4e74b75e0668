"""A run about changes: who has come, left or changed is ranked anew, and with them all whose lists they touch.

A list is touched where somebody who has changed stands in it, or would enter it. These few lists are ranked against
everybody, so that they are the same as after a whole run with the same weights and the same rarity.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Min

from clusters.enums import ParticipantRole
from matchmaking import inputs, lists, matching
from matchmaking.engine.columns import Columns, take
from matchmaking.engine.model import Supply, Weights
from matchmaking.engine.obstacles import obstacles_of
from matchmaking.engine.ranking import Lists, Ranking
from matchmaking.engine.terms import Terms, terms_of
from matchmaking.enums import RunKind, RunStatus
from matchmaking.models import MatchRun, Suggestion
from matchmaking.queries import last_ranking

TENTHS = 10


def rank(run: MatchRun) -> dict[str, Any]:
    """Rank whom the changes of a run concern and return the figures; without a whole run before, ask for one."""
    while (last := last_ranking(run.wave)) is not None:
        run.parameters = last.parameters
        figures = _Concerned(run, last).rank()
        if figures is not None:
            return figures
    matching.ask(run.wave)
    return {"visitors": 0, "hosts": 0, "suggestions": 0, "new": 0, "gone": 0, "moved": 0, "changed": 0}


class _Concerned:
    def __init__(self, run: MatchRun, last: MatchRun) -> None:
        self.run, self.last = run, last
        self.best = int(run.parameters["best"])
        self.case = inputs.case_of(run.wave)
        stored = run.parameters["supply"]
        supply = Supply(stored["hosts"], stored["offering"])
        self.terms: Terms = terms_of(Weights.from_values(run.parameters["weights"]), supply, self.case.words)
        self.left_alone = self._left_alone()

    def rank(self) -> dict[str, Any] | None:
        """Rank and write the lists that are concerned, of both sides; None where a whole run was faster."""
        visitors, hosts = self._visitors(), self._hosts()
        some_visitors, some_hosts = take(self.case.visitors, visitors), take(self.case.hosts, hosts)
        for_visitors = self._ranking(some_visitors, self.case.hosts).hosts_for(0, len(visitors), self.best)
        for_hosts = self._ranking(self.case.visitors, some_hosts).visitors_for(0, len(hosts), self.best)
        return self._write(some_visitors, for_visitors, for_hosts)

    @transaction.atomic
    def _write(self, visitors: Columns, for_visitors: Lists, for_hosts: Lists) -> dict[str, Any] | None:
        matching.wait_to_write(self.run.wave_id)
        if last_ranking(self.run.wave) != self.last:
            return None
        MatchRun.objects.filter(pk=self.run.pk).update(
            parameters=self.run.parameters,
            total=len(for_visitors.keys) + len(for_hosts.keys),
            done=len(for_visitors.keys) + len(for_hosts.keys),
        )
        written = lists.write(self.run, ParticipantRole.VISITOR, dict(for_visitors.of_each()))
        others = lists.write(self.run, ParticipantRole.HOST, dict(for_hosts.of_each()))
        obstacles = {
            key: obstacles_of(visitors, row, self.case.hosts)
            for row, (key, size) in enumerate(zip(for_visitors.keys.tolist(), for_visitors.sizes.tolist(), strict=True))
            if not size
        }
        lists.keep_outcomes(self.run, written.changes | others.changes, obstacles)
        lists.tell(self.run, written.changes)
        names = ("suggestions", "new", "gone", "moved", "changed")
        return {
            "visitors": len(for_visitors.keys),
            "hosts": len(for_hosts.keys),
            "visitors_without": written.figures["empty"],
            "hosts_without": others.figures["empty"],
            **{name: written.figures[name] for name in names},
        }

    def _visitors(self) -> list[int]:
        """Return the rows of the visitors whose lists may change."""
        changed = take(self.case.hosts, _rows_of(self.case.hosts, self.run.about))
        found = self._ranking(self.case.visitors, changed).hosts_for(0, self.case.visitors.size, 1)
        return self._touched(ParticipantRole.VISITOR, self.case.visitors, found)

    def _hosts(self) -> list[int]:
        """Return the rows of the hosts whose lists may change."""
        changed = take(self.case.visitors, _rows_of(self.case.visitors, self.run.about))
        found = self._ranking(changed, self.case.hosts).visitors_for(0, self.case.hosts.size, 1)
        return self._touched(ParticipantRole.HOST, self.case.hosts, found)

    def _touched(self, side: ParticipantRole, columns: Columns, best_of_changed: Lists) -> list[int]:
        """Return who has changed, who lists such a one, whose list such a one would enter, and who was left alone."""
        of_side = Suggestion.objects.filter(side=side, visitor__wave=self.run.wave)
        listing = of_side.filter(**{f"{lists.partner_of(side)}__in": self.run.about}).values_list(side, flat=True)
        sizes, lowest = self._stored_ends(side, columns)
        would_enter = (best_of_changed.sizes > 0) & ((sizes < self.best) | (best_of_changed.scores[:, 0] >= lowest))
        concerned = {*self.run.about, *listing, *self.left_alone}
        rows = {*_rows_of(columns, concerned), *np.flatnonzero(would_enter).tolist()}
        return sorted(rows)

    def _left_alone(self) -> frozenset[int]:
        """Return whose lists the last whole run has left alone, for as long as nobody has ranked them since."""
        since = MatchRun.objects.filter(wave=self.run.wave, kind=RunKind.CHANGES, status=RunStatus.DONE)
        if since.filter(started_at__gt=self.last.finished_at).exists():
            return frozenset()
        return frozenset(matching.overtaken(self.last).values_list("candidature", flat=True))

    def _stored_ends(self, side: ParticipantRole, columns: Columns) -> tuple[Any, Any]:
        """Return how long each list is, and the score in tenths at its end."""
        sizes, lowest = np.zeros(columns.size, np.int64), np.zeros(columns.size, np.int64)
        of_side = Suggestion.objects.filter(side=side, visitor__wave=self.run.wave).order_by(side)
        ends = of_side.values_list(side).annotate(size=Count("pk"), low=Min("score"))
        keys, found = [], []
        for key, size, low in ends.iterator(lists.AT_ONCE):
            keys.append(key)
            found.append((size, round(TENTHS * low)))
        rows = np.searchsorted(columns.keys, np.array(keys, np.int64))
        for key, row, (size, low) in zip(keys, rows.tolist(), found, strict=True):
            if row < columns.size and columns.keys[row] == key:
                sizes[row], lowest[row] = size, low
        return sizes, lowest

    def _ranking(self, visitors: Columns, hosts: Columns) -> Ranking:
        return Ranking(visitors, hosts, self.case.words, self.terms)


def _rows_of(columns: Columns, keys: Collection[int]) -> list[int]:
    """Return the rows of those keys that take part."""
    return np.flatnonzero(np.isin(columns.keys, np.array(sorted(keys), np.int64))).tolist()
