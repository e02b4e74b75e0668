"""The application of people, organisations and the programme."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from extratex.shared.limits import say_limits_shortly


class ClustersConfig(AppConfig):
    """Registers the app, and what kinds of documents it owns."""

    name = "clusters"
    verbose_name = _("People and programme")

    def ready(self) -> None:
        """Make the public pages findable and declare the documents, which needs the models; give forms their words."""
        say_limits_shortly()
        import_module("clusters.sources").register()
        import_module("clusters.publishing").register()
        import_module("clusters.importing.files")
        import_module("clusters.merging.people")
