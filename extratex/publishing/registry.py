"""What can be found: each app names its sources of public pages once, and search and sitemap read them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Found:
    """One public page: a key that is unique in its source, its address, its title and all its words."""

    key: str
    url: str
    title: str
    text: str


@dataclass(frozen=True)
class Source:
    """A kind of public pages: its name, what people call it, and how all of its pages are read."""

    name: str
    label: StrOrPromise
    pages: Callable[[], Iterable[Found]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make the pages of a source findable; called once, when its app is ready."""
    if _sources.setdefault(source.name, source) != source:
        raise ValueError(f"The source {source.name} is registered already.")


def sources() -> tuple[Source, ...]:
    """Return all sources in the order of their registration."""
    return tuple(_sources.values())
