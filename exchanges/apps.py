"""The application of exchanges: building, signing, the stay, reports, claims and payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    """Registers the app."""

    name = "exchanges"
    verbose_name = _("Exchanges")
