"""A run about changes need not wait for a whole run of its wave."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matchmaking", "0010_supply_is_counted_from_indexes"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="matchrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")),
                fields=("wave", "kind"),
                name="one_run_of_a_kind_is_under_way_in_a_wave",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="matchrun",
            name="one_run_of_a_wave_at_a_time",
        ),
    ]
