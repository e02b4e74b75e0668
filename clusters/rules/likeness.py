"""How likely two registrations are the same organisation, from 0 to 1, and why."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA

from clusters.rules.folding import key_of, words_of
from extratex.shared.reasons import Reason
from extratex.shared.reasons import marked as _

ALIKE = 0.75  # from here on two names, or two registrations, are worth a look
SAME_WORD = 0.75
BOTH_HAVE_THEIR_OWN = 0.8
OTHER_TOWN = 0.95
OTHER_COUNTRY = 0.8
OTHER_VAT = 0.7
SAME_WEBSITE = 0.85
LONGEST_HOST = 253

# Addresses under which many organisations have their page.
SHARED_HOSTS = frozenset(
    {
        "blogspot.com",
        "europages.com",
        "facebook.com",
        "github.io",
        "google.com",
        "instagram.com",
        "linkedin.com",
        "linktr.ee",
        "sites.google.com",
        "twitter.com",
        "wixsite.com",
        "wordpress.com",
        "x.com",
        "youtube.com",
    }
)


@dataclass(frozen=True)
class Profile:
    """What is known of an organisation when it is compared; `key` is the folded name where that is stored."""

    legal_name: str
    country: str = ""
    town: str = ""
    vat: str = ""
    pic: str = ""
    website: str = ""
    key: str = ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return the folded words of the name, sorted."""
        return tuple((self.key or key_of(words_of(self.legal_name))).split())

    @cached_property
    def town_words(self) -> frozenset[str]:
        """Return the folded words of the town."""
        return _town_words(self.town)

    @cached_property
    def host(self) -> str:
        """Return the host of the website."""
        return host_of(self.website)


@dataclass(frozen=True)
class Likeness:
    """The score of a pair, and what speaks for it and against it."""

    score: float
    reasons: tuple[Reason, ...]


def compare(one: Profile, other: Profile) -> Likeness:
    """Weigh everything that two registrations have in common; the order of the two does not matter."""
    name = _name_evidence(one, other)
    evidence = [each for each in (*_same_numbers(one, other), name) if each is not None]
    doubt = 1.0
    for strength, _reason in evidence:
        doubt *= 1 - strength
    score = 1 - doubt
    reasons = [reason for _strength, reason in evidence]
    if score < 1 and _differ(one.vat, other.vat) and one.country == other.country:
        score *= OTHER_VAT
        reasons.append(Reason("other_vat", _("The VAT numbers differ.")))
    return Likeness(round(score, 4), tuple(reasons))


def name_likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Compare two folded names, whatever the order of their words: 1 where they are equal."""
    first, second = sorted(one), sorted(other)
    if first == second:
        return 1.0
    if not first or not second:
        return 0.0
    return _by_words(_joined(first, second), _joined(second, first))


def host_of(website: str) -> str:
    """Return the host of an address, without "www."; nothing where many organisations share it."""
    address = website.strip().casefold()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".").removeprefix("www.")
    is_shared = host in SHARED_HOSTS or host.partition(".")[2] in SHARED_HOSTS
    return "" if is_shared or "." not in host else host[:LONGEST_HOST]


def _same_numbers(one: Profile, other: Profile) -> Iterator[tuple[float, Reason]]:
    if one.vat and one.vat == other.vat:
        yield 1.0, Reason("same_vat", _("The VAT number is the same."))
    if one.pic and one.pic == other.pic:
        yield 1.0, Reason("same_pic", _("The participant identification code is the same."))
    if one.host and one.host == other.host:
        yield SAME_WEBSITE, Reason("same_website", _("The website is the same: {website}."), {"website": one.host})


def _name_evidence(one: Profile, other: Profile) -> tuple[float, Reason] | None:
    """Weigh the names without the towns, which many firms of a town have in theirs."""
    towns = one.town_words | other.town_words
    likeness = name_likeness(_besides(one.words, towns), _besides(other.words, towns))
    if likeness < ALIKE:
        return None
    if _differ(one.country, other.country):
        return likeness * OTHER_COUNTRY, _name_reason("name_elsewhere", likeness)
    if _differ(one.town_words, other.town_words):
        return likeness * OTHER_TOWN, _name_reason("name_in_country", likeness)
    if one.town_words and other.town_words:
        return likeness, _name_reason("name_in_town", likeness)
    return likeness, _name_reason("name_in_country" if one.country and other.country else "name", likeness)


NAME_REASONS = {
    ("name", True): _("The name is the same."),
    ("name", False): _("The name is written alike."),
    ("name_in_town", True): _("The name is the same, and so is the town."),
    ("name_in_town", False): _("The name is written alike, and the town is the same."),
    ("name_in_country", True): _("The name is the same, and so is the country."),
    ("name_in_country", False): _("The name is written alike, and the country is the same."),
    ("name_elsewhere", True): _("The name is the same, but the country is another."),
    ("name_elsewhere", False): _("The name is written alike, but the country is another."),
}


def _name_reason(code: str, likeness: float) -> Reason:
    return Reason(f"same_{code}" if likeness == 1 else f"alike_{code}", NAME_REASONS[code, likeness == 1])


@lru_cache(maxsize=8192)
def _town_words(town: str) -> frozenset[str]:
    return frozenset(words_of(town)) if town else frozenset()


def _besides(words: tuple[str, ...], towns: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in towns) or words


def _differ(one: object, other: object) -> bool:
    return bool(one and other and one != other)


def _joined(words: list[str], others: list[str]) -> list[str]:
    """Write two words as one where the other name does so: "tex" and "til" as "textil"."""
    for left, right in permutations(words, 2):
        if left + right in others:
            rest = list(words)
            rest.remove(left)
            rest.remove(right)
            return sorted([*rest, left + right])
    return words


def _by_words(first: list[str], second: list[str]) -> float:
    """Pair the words that are most alike; each pair counts by its letters.

    Words that only one of the two has are forgiven, for names are shortened; where each has its own, they are two.
    """
    open_first, open_second, paired = list(first), list(second), 0.0
    for likeness, left, right in _pairs(first, second):
        if left in open_first and right in open_second:
            open_first.remove(left)
            open_second.remove(right)
            paired += likeness * (len(left) + len(right))
    share = paired / sum(map(len, (*first, *second)))
    return share * BOTH_HAVE_THEIR_OWN if open_first and open_second else math.sqrt(share)


def _pairs(first: list[str], second: list[str]) -> list[tuple[float, str, str]]:
    found = ((OSA.normalized_similarity(left, right), left, right) for left in first for right in second)
    alike = [pair for pair in found if pair[0] >= SAME_WORD]
    return sorted(alike, key=lambda pair: (-pair[0], sorted(pair[1:])))
