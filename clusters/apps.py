"""The application of people, organisations and the programme."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClustersConfig(AppConfig):
    """Registers the app."""

    name = "clusters"
    verbose_name = _("People and programme")

    def ready(self) -> None:
        """Make the public pages findable; their sources need the models."""
        import_module("clusters.sources").register()
