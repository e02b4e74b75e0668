"""Looking for registrations that are likely the same organisation, quickly among hundreds of thousands.

The names' pieces of three letters lie in an index. Asked for are only combinations of pieces that few organisations
have, chosen so that a slip of the pen spoils one of them and leaves others; what is found is then weighed by
`clusters.rules.likeness`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from time import monotonic

from django.db import connection
from django.db.models import Q, QuerySet
from rapidfuzz import fuzz

from clusters.models import Organisation
from clusters.rules import folding
from clusters.rules.likeness import ALIKE, Likeness, Profile, compare
from extratex.shared.reasons import Reason

MOST_ROWS = 400
MOST_QUESTIONS = 8
MOST_CERTAIN = 50
MOST_WEIGHED = 40
SHORTEST_PIECE_OF = 5
SECONDS_REMEMBERED = 600.0
FACTS = ("pk", "legal_name", "country", "town", "vat", "pic", "website", "name_key")


@dataclass(frozen=True)
class Duplicate:
    """An organisation that is likely the same, how likely from 0 to 1, and why."""

    organisation: Organisation
    score: float
    reasons: tuple[Reason, ...]


def likely_duplicates(
    *,
    legal_name: str,
    country: str = "",
    town: str = "",
    vat: str = "",
    pic: str = "",
    website: str = "",
    but: Organisation | int | None = None,
    limit: int = 5,
) -> list[Duplicate]:
    """Return the organisations that are likely the one described, the likeliest first, whoever may see them."""
    wanted = Profile(legal_name, country, town, vat, pic, website)
    own = but.pk if isinstance(but, Organisation) else but
    weighed = {key: compare(wanted, profile) for key, profile in _candidates(wanted).items() if key != own}
    best = sorted(
        (key for key, likeness in weighed.items() if _is_likely(likeness)), key=lambda key: (-weighed[key].score, key)
    )[:limit]
    rows = Organisation.objects.select_related("reference_cluster")
    found = rows.in_bulk(best) if best else {}
    return [Duplicate(found[key], weighed[key].score, weighed[key].reasons) for key in best if key in found]


def _is_likely(likeness: Likeness) -> bool:
    """What a number or the website shows counts, even where much speaks against it."""
    return likeness.score >= ALIKE or any(reason.code.startswith("same_") for reason in likeness.reasons)


def _candidates(wanted: Profile) -> dict[int, Profile]:
    """Return what shares a number, the website or the name, and of what is written alike the most alike."""
    rows = Organisation.objects.order_by()
    found = _read(rows.filter(_certain(wanted))[:MOST_CERTAIN])
    questions = _questions([word for word in wanted.words if len(word) >= SHORTEST_PIECE_OF] or list(wanted.words))
    if questions:
        alike = (Q(name_grams__contains=grams) for grams in questions)
        near = _read(rows.filter(reduce(or_, alike))[:MOST_ROWS])
        text = " ".join(wanted.words)
        ordered = sorted(near, key=lambda key: (-fuzz.token_sort_ratio(text, near[key].key), key))
        found |= {key: near[key] for key in ordered[:MOST_WEIGHED]}
    return found


def _read(rows: QuerySet[Organisation]) -> dict[int, Profile]:
    return {key: Profile(*facts) for key, *facts in rows.values_list(*FACTS)}


def _certain(wanted: Profile) -> Q:
    known = {"name_key": folding.key_of(wanted.words), "vat": wanted.vat, "pic": wanted.pic, "web_host": wanted.host}
    conditions = [Q(**{column: value}) for column, value in known.items() if value]
    return reduce(or_, conditions, Q(pk__in=[]))


def _questions(words: Iterable[str]) -> list[list[int]]:
    """Choose which pieces to look for: the rarest combinations, until they would find enough."""
    known = frequencies.read()
    single = [part for word in dict.fromkeys(words) for part in _parts(word)]
    asked = [(known.rows([part]), part) for part in single]
    asked += [(known.rows(pair), [*pair[0], *pair[1]]) for pair in combinations(single, 2)]
    chosen: list[list[int]] = []
    expected = 0.0
    for rows, grams in sorted(asked):
        if chosen and (expected + rows > MOST_ROWS or len(chosen) == MOST_QUESTIONS):
            break
        if not any(set(part) <= set(grams) for part in chosen):
            chosen.append(grams)
            expected += rows
    return chosen


def _parts(word: str) -> Iterator[list[int]]:
    """Cut a word into its beginning and its end, so far apart that one slip of the pen cannot spoil both."""
    grams = folding.word_grams(word)
    size = (len(grams) - folding.SMALLEST_GRAM) // 2
    if size < 1:
        yield grams
        return
    yield grams[:size]
    yield grams[-size:]


@dataclass(frozen=True)
class Frequencies:
    """In how many organisations a piece of a name occurs, as PostgreSQL's statistics have it."""

    shares: Mapping[int, float]
    least: float
    organisations: float

    def rows(self, parts: Iterable[list[int]]) -> float:
        """Estimate how many organisations have all of these parts."""
        expected = self.organisations
        for part in parts:
            expected *= min(self.shares.get(gram, self.least) for gram in part)
        return expected


class RememberedFrequencies:
    """Reads the statistics once in a while: they change slowly, and only the choice of questions depends on them."""

    def __init__(self) -> None:
        self.found = Frequencies({}, 0.0, 0.0)
        self.read_at = -SECONDS_REMEMBERED

    def read(self) -> Frequencies:
        """Return the statistics, at most some minutes old."""
        if monotonic() - self.read_at >= SECONDS_REMEMBERED:
            self.found, self.read_at = _frequencies(), monotonic()
        return self.found

    def forget(self) -> None:
        """Read anew the next time."""
        self.read_at = -SECONDS_REMEMBERED


frequencies = RememberedFrequencies()


def _frequencies() -> Frequencies:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::int[], most_common_elem_freqs, "
            "(SELECT reltuples FROM pg_class WHERE oid = %s::regclass) FROM pg_stats "
            "WHERE schemaname = current_schema() AND tablename = %s AND attname = 'name_grams'",
            [Organisation._meta.db_table, Organisation._meta.db_table],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return Frequencies({}, 0.0, 0.0)
    grams, shares, organisations = row
    known = dict(zip(grams, shares, strict=False))
    return Frequencies(known, min(known.values()) / 2, max(organisations, 0.0))
