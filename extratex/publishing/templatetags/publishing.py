"""What a public page says of itself to search engines and to those who pass its address on."""

from html import unescape

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

PORTAL = "EXTRATEX"
PICTURE = "img/share.png"
PICTURE_SIZE = (1200, 630)


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> SafeString:
    """Write the title of a page, and of a public one the title under which it is passed on."""
    title = _plain(content)
    written = format_html("<title>{} · {}</title>", title, PORTAL)
    return written + _properties([("og:title", title)]) if _is_public(context) else written


@register.simple_block_tag(takes_context=True)
def page_description(context: Context, content: str) -> SafeString:
    """Write how a public page describes itself, where it may be found under, and its picture; others are not found."""
    if not _is_public(context):
        return SafeString('<meta name="robots" content="noindex">')
    description, address = _plain(content), f"{settings.SITE_ADDRESS}{context['request'].path}"
    properties = [
        ("og:description", description),
        ("og:type", "website"),
        ("og:site_name", PORTAL),
        ("og:url", address),
        *_picture(context),
    ]
    named = format_html('<meta name="description" content="{}">', description)
    return named + format_html('<link rel="canonical" href="{}">', address) + _properties(properties)


def _picture(context: Context) -> list[tuple[str, str]]:
    """Return the page's own picture, where it has one that everybody may see, or the portal's."""
    if own := context.get("shared_picture"):
        address = f"{settings.SITE_ADDRESS}{reverse('documents:download', args=[own.pk])}"
        return [("og:image", address), ("og:image:alt", str(context["shared_picture_shows"]))]
    width, height = PICTURE_SIZE
    return [
        ("og:image", f"{settings.SITE_ADDRESS}{static(PICTURE)}"),
        ("og:image:width", str(width)),
        ("og:image:height", str(height)),
        ("og:image:alt", _("Threads from country to country, woven over and under one another")),
    ]


def _is_public(context: Context) -> bool:
    return bool(getattr(context.get("request"), "is_public", False))


def _properties(properties: list[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<meta property="{}" content="{}">', properties)


def _plain(content: str) -> str:
    return " ".join(unescape(strip_tags(content)).split())
