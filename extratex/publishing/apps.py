from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    """What everybody may read."""

    name = "extratex.publishing"
    label = "publishing"
    verbose_name = _("Published pages")
