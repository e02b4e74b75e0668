"""The application of the files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Registers the app."""

    name = "extratex.documents"
    label = "documents"
    verbose_name = _("Documents")
