"""S7 and S8: what may come in, what is left of it, and what is refused with which words."""

import hashlib
import io

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from extratex.documents import store
from extratex.documents.enums import State
from extratex.documents.names import clean_name
from tests.documents import corpus
from tests.documents.conftest import KIND

pytestmark = pytest.mark.django_db

PLANTED = [
    b"/JS",
    b"/JavaScript",
    b"/Launch",
    b"/AA",
    b"/OpenAction",
    b"evil.example",
    b"cmd.exe",
    b"planted",
    b"<xdp>",
]


def laid_open(content: bytes) -> bytes:
    """Return a PDF written so that everything in it can be searched."""
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            plain,
            qdf=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return plain.getvalue()


@pytest.mark.parametrize("case", corpus.SOUND)
def test_a_sound_file_is_kept(checked, case):
    name, content = corpus.SOUND[case]

    document = checked(content, name)

    kept = store.read(document)
    assert document.state == State.CLEAN, document.refusal
    assert document.sha256 == hashlib.sha256(kept).hexdigest()
    assert document.upload_sha256 == hashlib.sha256(content).hexdigest()
    assert document.size == len(kept)


@pytest.mark.parametrize("case", corpus.SANITISED)
def test_what_acts_in_a_pdf_is_removed_and_its_pages_stay(checked, case):
    assert any(planted in laid_open(corpus.SANITISED[case]) for planted in PLANTED)

    document = checked(corpus.SANITISED[case])

    assert document.state == State.CLEAN, document.refusal
    kept = laid_open(store.read(document))
    assert [planted for planted in PLANTED if planted in kept] == []
    assert b"(Page 0)" in kept


@pytest.mark.parametrize("case", corpus.REFUSED_AT_ONCE)
def test_what_name_or_size_rule_out_is_refused_at_once(owner, files, case):
    name, content = corpus.REFUSED_AT_ONCE[case]

    with pytest.raises(ValidationError) as refusal:
        store.receive(SimpleUploadedFile(name, content), kind=KIND, by=owner)

    assert refusal.value.code in {"extension", "empty", "size"}
    assert files() == []


@pytest.mark.parametrize("case", corpus.REFUSED_BY_CHECK)
def test_what_the_content_rules_out_is_refused_and_not_kept(checked, files, case):
    name, content = corpus.REFUSED_BY_CHECK[case]

    document = checked(content, name)

    assert document.state == State.REFUSED
    assert document.refusal
    assert not document.file
    assert files() == []


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("pdf under a password", "protected by a password"),
        ("truncated jpeg", "damaged"),
        ("png bomb", "too large"),
        ("pdf and zip", "second file"),
        ("html named pdf", "not what its name says"),
    ],
)
def test_a_refusal_tells_the_person_what_to_do(checked, case, words):
    name, content = corpus.REFUSED_BY_CHECK[case]

    assert words in checked(content, name).refusal


def test_a_photo_loses_its_place_and_stays_upright(checked):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "PlantedCamera"
    exif.get_ifd(0x8825)[1] = "N"
    photo = corpus.picture("JPEG", size=(64, 48), exif=exif)
    assert b"PlantedCamera" in photo

    kept = store.read(checked(photo, "photo.jpg"))

    assert b"PlantedCamera" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (48, 64)
        assert not picture.getexif()


def test_the_limit_of_size_is_exact(owner):
    at_limit = SimpleUploadedFile("a.pdf", bytes(store.LARGEST_UPLOAD))
    above = SimpleUploadedFile("a.pdf", bytes(store.LARGEST_UPLOAD + 1))

    store.validate(at_limit)
    with pytest.raises(ValidationError, match="at most 10"):
        store.validate(above)


@pytest.mark.parametrize("given", corpus.NAMES)
def test_a_name_is_shown_and_never_becomes_a_path(given):
    assert clean_name(given) == corpus.NAMES[given]


@pytest.mark.parametrize("given", [given for given, clean in corpus.NAMES.items() if clean.endswith(".pdf")])
def test_a_file_lies_under_a_random_name_inside_the_archive(upload, archive, files, given):
    document = upload(name=given)

    (place,) = files()
    assert place == f"quarantine/{document.pk.hex[:2]}/{document.pk.hex}"
    assert (archive / place).stat().st_mode & 0o077 == 0


def test_the_portal_s_own_papers_are_clean_at_once(files):
    document = store.keep(b"<x/>", name="Payments 2026.xml", kind="payment")

    assert document.is_clean
    assert document.media_type == "application/xml"
    assert store.read(document) == b"<x/>"
    assert f"kept/{document.pk.hex[:2]}/{document.pk.hex}" in files()


def test_what_is_not_checked_cannot_be_read(upload):
    with pytest.raises(ValueError, match="not clean"):
        store.read(upload())
