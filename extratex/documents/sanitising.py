"""What makes an upload sound: its extension, its first bytes and a real parse agree, and only plain content is left.

Pure functions over bytes. Images are drawn anew, which drops everything but the pixels; PDFs are opened, stripped of
all that acts or reaches out, and written anew.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator

import pikepdf
import puremagic
from django.utils.translation import gettext_noop
from pikepdf import Array, Dictionary, Name, Stream
from pikepdf.sanitize import Sanitizer
from PIL import Image, ImageFile, ImageOps

from extratex.documents.names import UPLOADED_TYPES
from extratex.documents.sound import DAMAGED, Sound, Unsound

MOST_PIXELS = 60_000_000
MOST_PAGES = 500
DEEPEST_NESTING = 60
JPEG_QUALITY = 90
WIDEST_SHOWN, SHOWN_QUALITY = 800, 75
BEGINNINGS = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
PNG_END = b"IEND\xaeB`\x82"
FOREIGN_IN_IMAGES = re.compile(rb"<!doctype\s+html|<html|<script|<svg|<\?php|%PDF-", re.IGNORECASE)
AFTER_PDF = re.compile(rb"%%EOF[\s\x00]*\Z")
ACTING_KEYS = frozenset({"/JS", "/AA", "/XFA", "/EmbeddedFiles", "/JavaScript", "/RichMediaContent", "/EF"})
ACTING_ACTIONS = frozenset({"/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition"})

WRONG_KIND = gettext_noop("The content of this file is not what its name says. Please give a PDF, JPEG or PNG file.")
MIXED = gettext_noop("This file contains a second file. Please save or scan it again.")
TOO_LARGE = gettext_noop("This picture or document is too large. Please give a smaller one.")
PROTECTED = gettext_noop("This PDF is protected by a password. Please save it without one.")
ACTING = gettext_noop(
    "This PDF contains programmes or other files that could not be removed. Please print it to a new PDF."
)


def sanitised(content: bytes, extension: str) -> Sound:
    """Return the plain content of an upload; raises Unsound with the reason where it must be refused."""
    media_type = UPLOADED_TYPES.get(extension, "")
    if not media_type or not content.startswith(BEGINNINGS[media_type]) or media_type not in _sniffed(content):
        raise Unsound(WRONG_KIND)
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Unsound(MIXED)
    cleaned = CLEANERS[media_type](content)
    if zipfile.is_zipfile(io.BytesIO(cleaned)):
        raise Unsound(MIXED)
    return Sound(cleaned, media_type)


def shown(content: bytes, extension: str) -> Sound:
    """Return a picture as a page shows it: sound, no wider than a page needs, and light; raises Unsound likewise."""
    sound = sanitised(content, extension)
    with Image.open(io.BytesIO(sound.content)) as picture:
        if picture.width <= WIDEST_SHOWN and sound.media_type == "image/jpeg":
            return sound
        picture.thumbnail((WIDEST_SHOWN, MOST_PIXELS))
        image_format = "PNG" if picture.has_transparency_data else "JPEG"
        target = io.BytesIO()
        drawn = picture if image_format == "PNG" else picture.convert("RGB")
        drawn.save(target, image_format, quality=SHOWN_QUALITY, optimize=True)
    return Sound(target.getvalue(), f"image/{image_format.lower()}")


def _sniffed(content: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return set()


def _clean_jpeg(content: bytes) -> bytes:
    return _drawn_anew(content, "JPEG")


def _clean_png(content: bytes) -> bytes:
    if not content.endswith(PNG_END):
        raise Unsound(MIXED if PNG_END in content else DAMAGED)
    return _drawn_anew(content, "PNG")


def _drawn_anew(content: bytes, image_format: str) -> bytes:
    """Return the same picture, upright, without anything but its pixels."""
    if FOREIGN_IN_IMAGES.search(content):
        raise Unsound(MIXED)
    # WeasyPrint, once imported, makes Pillow accept truncated pictures and swelling comments, in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    target = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[image_format]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Unsound(TOO_LARGE)
                picture.load()
                _plain_mode(ImageOps.exif_transpose(picture), image_format).save(
                    target, image_format, quality=JPEG_QUALITY, optimize=image_format == "PNG"
                )
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Unsound(TOO_LARGE) from fault
    except (OSError, SyntaxError, ValueError, IndexError, TypeError, EOFError) as fault:
        raise Unsound(DAMAGED) from fault
    return target.getvalue()


def _plain_mode(picture: Image.Image, image_format: str) -> Image.Image:
    """Return only the pixels, in a mode that every viewer shows."""
    modes = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA")}[image_format]
    transparent = image_format == "PNG" and picture.has_transparency_data
    plain = picture if picture.mode in modes else picture.convert("RGBA" if transparent else "RGB")
    plain = plain.copy()
    plain.info.clear()
    return plain


def _clean_pdf(content: bytes) -> bytes:
    if not AFTER_PDF.search(content):
        raise Unsound(MIXED if b"%%EOF" in content else DAMAGED)
    target = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise Unsound(PROTECTED)
            if not 0 < len(pdf.pages) <= MOST_PAGES:
                raise Unsound(TOO_LARGE if len(pdf.pages) else DAMAGED)
            _strip(pdf)
            pdf.save(target)
        with pikepdf.open(io.BytesIO(target.getvalue())) as written:
            if _acts(written):
                raise Unsound(ACTING)
    except pikepdf.PasswordError as fault:
        raise Unsound(PROTECTED) from fault
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise Unsound(DAMAGED) from fault
    return target.getvalue()


def _strip(pdf: pikepdf.Pdf) -> None:
    """Remove scripts, actions, embedded files and media; what is drawn on the pages stays."""
    plain = Sanitizer().remove_javascript().remove_external_access().remove_attachments().remove_multimedia()
    plain.remove_private_app_data().remove_web_capture().remove_collection().apply(pdf)
    if Name.OpenAction in pdf.Root:
        del pdf.Root[Name.OpenAction]
    for part in _all_parts(pdf):
        for key in ACTING_KEYS.intersection(part.keys()):
            del part[key]


def _acts(pdf: pikepdf.Pdf) -> bool:
    """Answer whether anything that acts or carries a file is left anywhere."""
    return any(_is_acting(part) for part in _all_parts(pdf))


def _is_acting(part: pikepdf.Object) -> bool:
    if ACTING_KEYS.intersection(part.keys()):
        return True
    action = part.get(Name.S)
    return isinstance(action, Name) and str(action) in ACTING_ACTIONS


def _all_parts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for held in pdf.objects:
        yield from _parts(held, 0)


def _parts(held: object, depth: int) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries that stand directly in an object; those behind a reference have their own turn."""
    if depth > DEEPEST_NESTING:
        raise Unsound(ACTING)
    if isinstance(held, Stream | Dictionary):
        yield held
        inner = [held[key] for key in held.keys()]  # noqa: SIM118 - iterating a stream reads its bytes
    elif isinstance(held, Array):
        inner = list(held)
    else:
        return
    for each in inner:
        if isinstance(each, Stream | Dictionary | Array) and not each.is_indirect:
            yield from _parts(each, depth + 1)


CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "application/pdf": _clean_pdf,
    "image/jpeg": _clean_jpeg,
    "image/png": _clean_png,
}
