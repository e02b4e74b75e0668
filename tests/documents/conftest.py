from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clusters.models import User
from extratex.documents import access, checks, store
from extratex.documents.models import Document
from tests.documents import corpus
from tests.factories import make_person

KIND = "test.evidence"


@pytest.fixture(autouse=True)
def archive(settings, tmp_path: Path) -> Path:
    """A private folder for the documents of one test."""
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    return settings.DOCUMENTS_ROOT


@pytest.fixture(autouse=True)
def readable_by_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of the tests' documents: who uploaded one may read it."""
    monkeypatch.setitem(access._RULES, KIND, lambda user, document: document.uploaded_by_id == user.pk)


@pytest.fixture
def owner(db: None) -> User:
    """Who uploads."""
    return make_person("Owner")


@pytest.fixture
def upload(owner: User) -> Callable[..., Document]:
    """Upload a file as the owner."""

    def upload(content: bytes | None = None, name: str = "evidence.pdf") -> Document:
        given = corpus.pdf() if content is None else content
        return store.receive(SimpleUploadedFile(name, given), kind=KIND, by=owner)

    return upload


@pytest.fixture
def checked(upload: Callable[..., Document]) -> Callable[..., Document]:
    """Upload a file and have it checked."""

    def checked(content: bytes | None = None, name: str = "evidence.pdf") -> Document:
        document = upload(content, name)
        checks.check(document.pk)
        document.refresh_from_db()
        return document

    return checked


@pytest.fixture
def files(archive: Path) -> Callable[[], list[str]]:
    """What lies in the private folder, as paths below it."""
    return lambda: sorted(path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file())
