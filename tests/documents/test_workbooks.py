"""Tables as uploads: only a kind that says so takes them, and each trick is refused at the field in its own words."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from extratex.documents import accepted, checks, store
from extratex.documents.enums import State
from extratex.documents.models import Document
from extratex.documents.workbooks import sanitised_workbook
from tests.documents import workbooks

pytestmark = pytest.mark.django_db

KIND = "test.members"


@pytest.fixture(autouse=True)
def takes_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of document that is a table, for this test only."""
    monkeypatch.setitem(accepted._KINDS, KIND, accepted.TABLES)


def given(case: str) -> SimpleUploadedFile:
    name, content = workbooks.SOUND[case]
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("case", workbooks.SOUND)
def test_a_sound_table_is_kept(owner, case):
    document = store.receive(given(case), kind=KIND, by=owner)
    checks.check(document.pk)

    document.refresh_from_db()
    assert document.state == State.CLEAN, document.refusal
    assert store.read(document)


@pytest.mark.parametrize("case", workbooks.REFUSED)
def test_each_bad_table_is_refused_at_once_in_its_own_words(owner, files, case):
    name, content, words = workbooks.REFUSED[case]

    with pytest.raises(ValidationError, match=words):
        store.receive(SimpleUploadedFile(name, content), kind=KIND, by=owner)

    assert files() == []
    assert not Document.objects.exists()


@pytest.mark.parametrize("case", ["workbook", "utf-8"])
def test_a_kind_that_says_nothing_takes_no_table(owner, case):
    with pytest.raises(ValidationError, match="PDF, JPEG or PNG"):
        store.receive(given(case), kind="test.evidence", by=owner)


def test_a_kind_of_tables_takes_no_paper(owner):
    with pytest.raises(ValidationError, match="XLSX or CSV"):
        store.receive(SimpleUploadedFile("a.pdf", b"%PDF-"), kind=KIND, by=owner)


def test_only_the_cells_of_a_workbook_are_kept():
    content = workbooks.changed({"xl/media/image1.png": b"planted", "xl/externalLinks/externalLink1.xml": b"<x/>"})

    kept = sanitised_workbook(content).content

    with zipfile.ZipFile(io.BytesIO(kept)) as book:
        assert not [name for name in book.namelist() if "media" in name or "external" in name]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(kept)).get_sheet_by_index(0).to_python()
    assert rows == workbooks.ROWS
