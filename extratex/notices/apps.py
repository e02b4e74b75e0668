"""The application of the outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Registers the app."""

    name = "extratex.notices"
    label = "notices"
    verbose_name = _("Notices")
