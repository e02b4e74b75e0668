"""Looking for registrations that are likely the same organisation, quickly among hundreds of thousands.

The names' pieces of three letters lie in an index. Asked for are only combinations of pieces that few organisations
have, chosen so that a slip of the pen spoils one of them and leaves others; what is found is then weighed by
`clusters.rules.likeness`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from time import monotonic
from typing import Any

from django.db import connection
from django.db.models import Q, Value
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
    own = but.pk if isinstance(but, Organisation) else but
    (found,) = likely_duplicates_of_each([Profile(legal_name, country, town, vat, pic, website)], but=own, limit=limit)
    return found


def likely_duplicates_of_each(
    wanted: Sequence[Profile], *, but: int | None = None, limit: int = 5
) -> list[list[Duplicate]]:
    """Return the same for each of many descriptions, in two queries however many they are."""
    likely: list[dict[int, Likeness]] = []
    for profile, candidates in zip(wanted, _candidates(wanted), strict=True):
        weighed = {key: compare(profile, other) for key, other in candidates.items() if key != but}
        likely.append(_best({key: likeness for key, likeness in weighed.items() if _is_likely(likeness)}, limit))
    keys = {key for best in likely for key in best}
    found = Organisation.objects.select_related("reference_cluster").in_bulk(keys) if keys else {}
    return [
        [Duplicate(found[key], each.score, each.reasons) for key, each in best.items() if key in found]
        for best in likely
    ]


def _best(weighed: Mapping[int, Likeness], limit: int) -> dict[int, Likeness]:
    return dict(sorted(weighed.items(), key=lambda item: (-item[1].score, item[0]))[:limit])


def _is_likely(likeness: Likeness) -> bool:
    """What a number or the website shows counts, even where much speaks against it."""
    return likeness.score >= ALIKE or any(reason.code.startswith("same_") for reason in likeness.reasons)


def _candidates(wanted: Sequence[Profile]) -> list[dict[int, Profile]]:
    """Return for each what shares a number, the website or the name, and of what is written alike the most alike."""
    certain: list[dict[int, Profile]] = [{} for _each in wanted]
    near: list[dict[int, Profile]] = [{} for _each in wanted]
    for is_certain, place, key, *facts in _answers(wanted):
        (certain if is_certain else near)[place][key] = Profile(*facts)
    return [found | _most_alike(each, alike) for each, found, alike in zip(wanted, certain, near, strict=True)]


def _answers(wanted: Sequence[Profile]) -> Iterable[tuple[Any, ...]]:
    """Ask for all of them in one query; each answer says to which of them it belongs, and whether it is certain."""
    rows = Organisation.objects.order_by()
    asked = []
    for place, each in enumerate(wanted):
        asked.append(rows.filter(_certain(each)).values_list(Value(1), Value(place), *FACTS)[:MOST_CERTAIN])
        questions = _questions([word for word in each.words if len(word) >= SHORTEST_PIECE_OF] or list(each.words))
        if questions:
            alike = reduce(or_, (Q(name_grams__contains=grams) for grams in questions))
            asked.append(rows.filter(alike).values_list(Value(0), Value(place), *FACTS)[:MOST_ROWS])
    return asked[0].union(*asked[1:], all=True) if asked else ()


def _most_alike(wanted: Profile, near: Mapping[int, Profile]) -> dict[int, Profile]:
    text = " ".join(wanted.words)
    ordered = sorted(near, key=lambda key: (-fuzz.token_sort_ratio(text, near[key].key), key))
    return {key: near[key] for key in ordered[:MOST_WEIGHED]}


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
