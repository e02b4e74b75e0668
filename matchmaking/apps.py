"""The application of candidatures, suggestions and proposals."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchmakingConfig(AppConfig):
    """Registers the app and lets it listen to the app below."""

    name = "matchmaking"
    verbose_name = _("Matchmaking")

    def ready(self) -> None:
        """Connect the receivers, and say what a merge moves and who reads which file; all of them need the models."""
        import_module("matchmaking.receivers")
        import_module("matchmaking.merging")
        import_module("matchmaking.documents")
