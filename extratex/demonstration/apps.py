"""The application of the demonstration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemonstrationConfig(AppConfig):
    """Registers the app; the settings install it in a demonstration only."""

    name = "extratex.demonstration"
    label = "demonstration"
    verbose_name = _("Demonstration")
