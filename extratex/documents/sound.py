"""What the checks of all kinds of files share: what is kept of an upload, and how one is refused."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

DAMAGED = gettext_noop("This file is damaged and cannot be read. Please save or scan it again.")


class Unsound(Exception):
    """The file is refused; the message is the reason for the person, still to be translated."""


@dataclass(frozen=True)
class Sound:
    """What is kept of an upload."""

    content: bytes
    media_type: str
