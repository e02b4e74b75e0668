"""Works out for every organisation what its name is found by, and builds the indexes while the portal goes on."""

from typing import Any

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from clusters.rules import folding, likeness

CHUNK = 2000
FILL = "UPDATE clusters_organisation SET name_key = %s, name_grams = %s, web_host = %s WHERE id = %s AND name_key = ''"


def fill(apps: Any, schema_editor: Any) -> None:
    """Fill chunk by chunk, each committed: what was cut off goes on where it stopped."""
    rows = apps.get_model("clusters", "Organisation").objects.using(schema_editor.connection.alias)
    waiting = rows.filter(name_key="").order_by("pk").values_list("pk", "legal_name", "town", "website")
    reached = 0
    while chunk := list(waiting.filter(pk__gt=reached)[:CHUNK]):
        reached = chunk[-1][0]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(FILL, [found_by(*row) for row in chunk])


def found_by(key: int, legal_name: str, town: str, website: str) -> tuple[str, list[int], str, int]:
    words = folding.words_of(legal_name)
    grams = folding.grams_of([*words, *folding.words_of(town)])
    return folding.key_of(words), grams, likeness.host_of(website), key


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("clusters", "0005_names_to_find"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(models.F("name_key"), name="organisation_name_key"),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(
                models.F("pic"), condition=models.Q(("pic", ""), _negated=True), name="organisation_pic"
            ),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=models.Index(
                models.F("web_host"), condition=models.Q(("web_host", ""), _negated=True), name="organisation_web_host"
            ),
        ),
        AddIndexConcurrently(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("name_grams"), fastupdate=False, name="organisation_name_grams"
            ),
        ),
    ]
