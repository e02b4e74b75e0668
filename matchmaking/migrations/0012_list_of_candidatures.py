"""An index by which the list of candidatures is read page by page, built while the portal goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("matchmaking", "0011_changes_beside_a_whole_run"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="candidature",
            index=models.Index(models.F("status_since"), models.F("id"), name="candidature_recent"),
        ),
    ]
