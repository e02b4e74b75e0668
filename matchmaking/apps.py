"""The application of candidatures, suggestions and proposals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchmakingConfig(AppConfig):
    """Registers the app."""

    name = "matchmaking"
    verbose_name = _("Matchmaking")
