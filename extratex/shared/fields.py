"""Model fields of our own that more than one app uses."""

from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression


def cipher() -> MultiFernet:
    """Return the cipher over the keys of the settings: the first one encrypts, every one decrypts."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def conceal(text: str) -> str:
    """Return the text as an opaque token, a different one each time; an empty text stays empty."""
    return cipher().encrypt(text.encode()).decode("ascii") if text else ""


def reveal(token: str) -> str:
    """Return the text that a token conceals; raises ImproperlyConfigured where no key of the settings fits."""
    try:
        return cipher().decrypt(token.encode("ascii")).decode() if token else ""
    except (InvalidToken, UnicodeEncodeError) as fault:
        raise ImproperlyConfigured("An encrypted field fits none of FIELD_KEYS: an old key is missing.") from fault


def renew(token: str) -> str:
    """Return a token for the same text under the first key."""
    return cipher().rotate(token.encode("ascii")).decode("ascii") if token else ""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # Django's own class takes no parameters at run time
    """A text that the database, its backups and its history hold only in encrypted form.

    It cannot be searched, ordered usefully or made unique: only `isnull` may be asked of it.
    """

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        """Encrypt on the way to the database; expressions pass as they are."""
        prepared_value = super().get_db_prep_value(value, connection, prepared)
        if prepared_value is None or isinstance(prepared_value, Expression):
            return prepared_value
        return conceal(str(prepared_value))

    def from_db_value(self, value: str | None, _expression: Any, _connection: BaseDatabaseWrapper) -> str | None:
        """Decrypt on the way from the database."""
        return None if value is None else reveal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every comparison: equal texts have different tokens, so an answer would be wrong."""
        if lookup_name != "isnull":
            raise FieldError(f"The encrypted field “{self.name}” cannot be looked up by {lookup_name}.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """Refuse transforms for the same reason."""
        raise FieldError(f"The encrypted field “{self.name}” cannot be looked up by {lookup_name}.")


def encrypted_fields(model: type[models.Model]) -> Iterable[EncryptedTextField]:
    """Return the encrypted fields that stand in the model's own table."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedTextField)]
