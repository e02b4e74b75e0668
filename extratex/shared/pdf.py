"""Papers: a template becomes a tagged PDF without touching the network or any file of the machine.

The style of all papers is static/css/paper.css and their frame templates/papers/base.html. Fonts and pictures come in
as `data:` addresses only; every other address is refused, also when a person's own text contains one.
"""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

STYLE = "css/paper.css"
FONT = "vendor/fonts/source-sans-3-{subset}-wght-normal.woff2"
FONT_SUBSETS = ("latin", "latin-ext", "greek", "cyrillic")
VARIANT = "pdf/ua-1"


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the paper as a PDF, tagged for accessibility (PDF/UA-1); its `<title>` becomes the title of the file."""
    return pdf_of(render_to_string(template, dict(context)))


def pdf_of(html: str) -> bytes:
    """Return a whole HTML document as a PDF; whatever it refers to outside itself is left out."""
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    fonts = FontConfiguration()
    style = CSS(string=_style(), url_fetcher=fetcher, font_config=fonts, base_url=None)
    document = HTML(string=html, url_fetcher=fetcher, base_url=None)
    paper: bytes = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT)
    return paper


@cache
def _style() -> str:
    found = finders.find(STYLE)
    if not isinstance(found, str):
        raise FileNotFoundError(f"The style of the papers is missing: static/{STYLE}")
    return _fonts() + Path(found).read_text()


def _fonts() -> str:
    """Return the portal's own font as embedded font faces, or nothing where the front-end packages are missing.

    Each subset is a family of its own, named one after the other in paper.css: WeasyPrint mixes up the characters of
    files that share a family.
    """
    faces = []
    for subset in FONT_SUBSETS:
        found = finders.find(FONT.format(subset=subset))
        if isinstance(found, str):
            encoded = base64.b64encode(Path(found).read_bytes()).decode("ascii")
            faces.append(
                f'@font-face {{ font-family: "Paper {subset}"; font-weight: 200 900; '
                f'src: url("data:font/woff2;base64,{encoded}") format("woff2"); }}\n'
            )
    return "".join(faces)
