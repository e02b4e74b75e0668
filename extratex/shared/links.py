"""Links in texts that people or other programmes wrote: only those to this portal can be followed."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

JOINER = "\u2060"  # takes no room and forbids a break
LINKABLE = re.compile(r"(?<=\w)[.@](?=\w{2})|(?<=:)(?=//)")
ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def own_links(text: str, *, hosts: frozenset[str] = frozenset()) -> SafeString:
    """Return the text as safe HTML in which addresses of this portal, or of `hosts`, are links; all others stay text.

    So a name or a message with somebody else's address in it never becomes a link in our mails or on our pages.
    """
    own = {urlsplit(settings.SITE_ADDRESS).netloc, *hosts}
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(_link(found[0], own))
        end = found.end()
    parts.append(escape(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


def unlinked(text: str) -> str:
    """Return the text, looking the same, in which no mail programme finds an address to make a link of.

    For names in mails to somebody who does not know their author: plain text has no links, but its readers add them.
    """
    return LINKABLE.sub(lambda found: f"{found[0]}{JOINER}", text)


def _link(address: str, own: set[str]) -> SafeString:
    try:
        host = urlsplit(address).netloc
    except ValueError:
        host = ""
    return format_html('<a href="{0}">{0}</a>', address) if host in own else escape(address)
