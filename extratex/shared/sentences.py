"""Sentences that end with a name such as "Tessitura S.r.l.": one full stop ends both."""

import re

from django.contrib.messages.storage.fallback import FallbackStorage
from django.utils.safestring import SafeData
from django_stubs_ext import StrOrPromise

TWO_STOPS = re.compile(r"(?<=\w)\.\.(?=\s|$)")


def with_one_stop(text: StrOrPromise) -> str:
    """Return a text in which no sentence ends with two full stops."""
    return TWO_STOPS.sub(".", str(text))


class Messages(FallbackStorage):
    """Keeps what the portal tells people about what they have just done, each sentence ended once."""

    def add(self, level: int, message: StrOrPromise, extra_tags: str | None = "") -> None:
        """Keep a message; what is HTML already stays as it is."""
        text = str(message)
        super().add(level, text if isinstance(text, SafeData) else with_one_stop(text), extra_tags or "")
