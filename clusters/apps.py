"""The application of people, organisations and the programme."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClustersConfig(AppConfig):
    """Registers the app."""

    name = "clusters"
    verbose_name = _("People and programme")
