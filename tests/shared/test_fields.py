from collections.abc import Iterator

import pgtrigger
import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import ProgrammingError, connection, models, transaction
from django.test.utils import isolate_apps

from clusters.management.commands.rotate_field_keys import rotate, triggers_of
from extratex.shared.fields import EncryptedTextField, conceal, encrypted_fields, renew, reveal
from tests.factories import make_person

IBAN = "IT60X0542811101000000123456"


@pytest.fixture
def account(db: None) -> Iterator[type[models.Model]]:
    """A table with an encrypted field."""
    with isolate_apps("clusters"):

        class Account(models.Model):
            iban = EncryptedTextField(null=True)
            note = models.TextField(default="")

            class Meta:
                app_label = "clusters"
                db_table = "test_account"

            def __str__(self) -> str:
                return self.note

        with connection.schema_editor() as editor:
            editor.create_model(Account)
        yield Account
        with connection.schema_editor() as editor:
            editor.delete_model(Account)


def stored(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM test_account WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_database_holds_no_account_number_in_clear(account):
    row = account.objects.create(iban=IBAN)

    assert account.objects.get(pk=row.pk).iban == IBAN
    assert IBAN not in stored(row.pk)
    assert IBAN[-4:] not in stored(row.pk)


def test_every_way_of_writing_encrypts(account):
    row = account.objects.create(iban=None)

    account.objects.filter(pk=row.pk).update(iban=IBAN)
    assert IBAN not in stored(row.pk)
    row.iban = IBAN + "1"
    account.objects.bulk_update([row], ["iban"])
    assert IBAN not in stored(row.pk)
    assert account.objects.values_list("iban", flat=True).get() == IBAN + "1"


def test_equal_texts_look_different(account):
    first, second = account.objects.create(iban=IBAN), account.objects.create(iban=IBAN)

    assert stored(first.pk) != stored(second.pk)


def test_nothing_stays_nothing(account):
    row = account.objects.create(iban=None)

    assert stored(row.pk) is None
    assert account.objects.filter(iban__isnull=True).count() == 1


@pytest.mark.parametrize("lookup", ["iban", "iban__exact", "iban__icontains", "iban__in", "iban__lower", "iban__gt"])
def test_it_cannot_be_looked_up(account, lookup):
    with pytest.raises(FieldError, match="cannot be looked up"):
        list(account.objects.filter(**{lookup: [IBAN] if lookup.endswith("in") else IBAN}))


def test_an_old_key_still_opens_and_rotation_makes_it_unnecessary(account, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    rows = [account.objects.create(iban=IBAN), account.objects.create(iban=None), account.objects.create(iban="")]

    settings.FIELD_KEYS = [new, old]
    assert account.objects.get(pk=rows[0].pk).iban == IBAN
    field = encrypted_fields(account)[0]
    assert rotate(account, field) == 1

    settings.FIELD_KEYS = [new]
    assert [row.iban for row in account.objects.order_by("pk")] == [IBAN, None, ""]


def test_without_rotation_a_lost_key_is_a_clear_fault(account, settings):
    account.objects.create(iban=IBAN)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        account.objects.get()


def test_renewing_a_token_keeps_the_text(settings):
    old = settings.FIELD_KEYS[0]
    token = conceal(IBAN)
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), old]

    assert reveal(renew(token)) == IBAN


@pytest.mark.django_db
def test_the_rotation_command_walks_every_table():
    call_command("rotate_field_keys", verbosity=0)


@pytest.mark.django_db
def test_rotation_reaches_history_that_nobody_else_may_change_and_writes_none():
    history = apps.get_model("clusters", "UserHistory")
    person = make_person("Before")
    written = history.objects.filter(pgh_obj=person)
    with pytest.raises(ProgrammingError, match="annot update"), transaction.atomic():
        written.update(name="After")

    with pgtrigger.ignore(*triggers_of(history), *triggers_of(type(person))):
        assert written.update(name="After") == 1
        type(person).objects.update(name="After")

    assert written.count() == 1
