"""Where the bytes lie: a private folder, names made by us, each file written whole or not at all."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

QUARANTINE, KEPT, MARKS, INCOMING = "quarantine", "kept", "marks", "incoming"


@deconstructible(path="extratex.documents.storage.PrivateStorage")
class PrivateStorage(FileSystemStorage):
    """Files below DOCUMENTS_ROOT, which no address leads to and only the portal's own account reads."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder of the settings, read at each use."""
        return str(settings.DOCUMENTS_ROOT)

    @property
    def location(self) -> str:
        """The same as an absolute path."""
        return os.path.abspath(self.base_location)  # noqa: PTH100 - symbolic links stay as they are

    def url(self, name: str | None) -> str:
        """Refuse: files are served by a view that checks who asks."""
        raise ValueError(f"The file {name} has no address.")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """Keep the name: it is made of a random number, and writing it again replaces the file."""
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        """Write elsewhere, force it to the disk, then move it to its place; nothing is left behind by a failure."""
        place = Path(self.path(name))
        partial = Path(self.path(f"{INCOMING}/{uuid4().hex}"))
        for folder in (place.parent, partial.parent):
            folder.mkdir(mode=self.directory_permissions_mode or 0o700, parents=True, exist_ok=True)
        try:
            with partial.open("wb") as target:
                partial.chmod(self.file_permissions_mode or 0o600)
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            partial.replace(place)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name
