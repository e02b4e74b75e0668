"""The application of exchanges: building, signing, the stay, reports, claims and payments."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    """Registers the app and lets it listen to the apps below."""

    name = "exchanges"
    verbose_name = _("Exchanges")

    def ready(self) -> None:
        """Connect the receivers, which need the models."""
        import_module("exchanges.receivers")
        import_module("exchanges.merging")
