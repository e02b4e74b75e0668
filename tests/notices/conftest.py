from collections.abc import Callable, Iterator

import pytest

from clusters.models import User
from extratex.notices import outbox
from extratex.notices.models import Notice
from tests.factories import make_person
from tests.mail_sink import MailSink, running_sink


@pytest.fixture
def sink(settings) -> Iterator[MailSink]:
    """A real mail server that the portal sends to."""
    with running_sink() as running:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": running.options()}}
        yield running


@pytest.fixture
def reader(db: None) -> User:
    """A person who is told things."""
    return make_person("Reader")


@pytest.fixture
def make_notice(reader: User) -> Callable[..., Notice]:
    """Tell the reader something, each time something new."""

    def make(**changes) -> Notice:
        words = {"kind": "test", "subject": "Your candidature", "text": "It was validated.", "key": f"key {numbers()}"}
        return outbox.tell(changes.pop("person", reader), **words | changes)

    def numbers() -> int:
        return Notice.objects.count()

    return make
