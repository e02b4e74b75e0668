"""Search over everything that is public: PostgreSQL's full text without a language's grammar, accents left out.

The words are derived from the pages' sources. They are made anew by the first search after something was published, so
that nobody ever searches what stood there yesterday.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from extratex.publishing.models import Revision, SearchEntry
from extratex.publishing.registry import Found, sources
from extratex.shared import clock

MOST_WORDS = 8
LONGEST_QUERY = 200
LONGEST_WORD = 40
LONGEST_TEXT = 20_000
EXCERPT = 240
BEFORE = 70
CHUNK = 500
LOCK = "publishing.search"


@dataclass(frozen=True)
class Fold:
    """A text without case and accents, and for each of its letters the place in the original."""

    text: str
    places: Sequence[int]


def fold(text: str) -> Fold:
    """Take case and accents out of a text; what is no letter or digit stays as it is."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for each in unicodedata.normalize("NFKD", letter.casefold()):
            if not unicodedata.combining(each):
                letters.append(each)
                places.append(place)
    return Fold("".join(letters), places)


def words_of(asked: str) -> list[str]:
    """Return the words that are searched for: the first few of what somebody typed, however strange it is."""
    folded = fold(asked[:LONGEST_QUERY].replace("\0", " ")).text
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", folded)))[:MOST_WORDS]


def find(asked: str) -> QuerySet[SearchEntry]:
    """Return the pages that hold every word asked for, or words that begin so, the best first."""
    words = words_of(asked)
    if not words:
        return SearchEntry.objects.none()
    refresh()
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), search_type="raw", config="simple")
    found = SearchEntry.objects.filter(words=query).annotate(rank=SearchRank(F("words"), query))
    return found.defer("folded_title", "folded_text", "words").order_by("-rank", "title", "pk")


def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """Return the part of a text where the first of the words stands, all of them marked; safe to show."""
    hit = min((begin for begin, _end in _hits(text, words)), default=0)
    begin = text.rfind(" ", 0, hit - BEFORE) + 1 if hit > BEFORE else 0
    begin = max(begin, hit - 2 * BEFORE)
    end = min(begin + EXCERPT, len(text))
    before, after = ("… " if begin else ""), (" …" if end < len(text) else "")
    return format_html("{}{}{}", before, marked(text[begin:end], words), after)


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return a text as safe HTML in which the words, and words that begin so, are marked."""
    parts: list[SafeString] = []
    end = 0
    for first, last in _hits(text, words):
        if first >= end:
            parts += [conditional_escape(text[end:first]), format_html("<mark>{}</mark>", text[first:last])]
            end = last
    return format_html_join("", "{}", ((part,) for part in [*parts, conditional_escape(text[end:])]))


def refresh() -> None:
    """Make the words anew where something was published since; whoever comes meanwhile searches the old ones."""
    if Revision.objects.filter(mark=F("searchable")).exists():
        return
    with transaction.atomic():
        if not _is_mine_to_refresh():
            return
        mark = Revision.objects.values_list("mark", flat=True).first()
        for source in sources():
            _store(source.name, {page.key: page for page in source.pages()})
        SearchEntry.objects.exclude(source__in=[source.name for source in sources()]).delete()
        if mark is not None:
            Revision.objects.filter(mark=mark).update(searchable=mark)


def forget() -> None:
    """Have the next search read its sources anew, although nothing was written: time alone has made a page public."""
    Revision.objects.exclude(searchable=None).update(searchable=None)


def _is_mine_to_refresh() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        (mine,) = cursor.fetchone()
    return bool(mine)


def _store(source: str, pages: dict[str, Found]) -> None:
    fields = ("key", "url", "title", "text")
    stored = {row[0]: row for row in SearchEntry.objects.filter(source=source).values_list(*fields)}
    SearchEntry.objects.filter(source=source, key__in=stored.keys() - pages.keys()).delete()
    fresh = [_entry(source, page) for page in pages.values()]
    changed = [entry for entry in fresh if stored.get(entry.key) != (entry.key, entry.url, entry.title, entry.text)]
    SearchEntry.objects.bulk_create(
        changed,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["source", "key"],
        update_fields=["url", "title", "text", "folded_title", "folded_text", "changed_at"],
    )


def _entry(source: str, page: Found) -> SearchEntry:
    title, text = page.title[:300], " ".join(page.text.split())[:LONGEST_TEXT]
    return SearchEntry(
        source=source,
        key=page.key,
        url=page.url,
        title=title,
        text=text,
        folded_title=fold(title).text,
        folded_text=fold(text).text,
        changed_at=clock.now(),
    )


def _hits(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where words begin that begin with one of these, as places in the original text."""
    if not words:
        return
    folded = fold(text)
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    for hit in re.finditer(rf"(?<![^\W_])(?:{alternatives})[^\W_]*", folded.text):
        yield folded.places[hit.start()], folded.places[hit.end() - 1] + 1
