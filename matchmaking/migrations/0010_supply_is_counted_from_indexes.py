"""Two indexes from which the supply of hosts is counted without reading a candidature, built while the portal goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("matchmaking", "0009_plans_fit_into_a_task"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="candidature",
            index=models.Index(
                models.F("wave"),
                models.F("role"),
                models.F("partnership"),
                condition=models.Q(("status", "validated")),
                include=("id", "organisation", "capacity", "countries"),
                name="candidature_in_the_supply",
            ),
        ),
        AddIndexConcurrently(
            model_name="proposal",
            index=models.Index(
                models.F("host"), condition=models.Q(("status", "accepted")), name="proposal_takes_a_place"
            ),
        ),
    ]
