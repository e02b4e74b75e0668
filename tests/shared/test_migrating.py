"""Operations in runs: the same tables and the same models, forwards and back, as one after the other."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from extratex.shared.migrating import Run, in_runs

KEY = [("id", models.BigAutoField(primary_key=True))]
OPERATIONS = [
    migrations.CreateModel("House", fields=KEY),
    migrations.CreateModel("Room", fields=KEY),
    migrations.AddField("room", "name", models.CharField(max_length=9, default="")),
    migrations.AddField("room", "house", models.ForeignKey("tests.House", models.CASCADE, related_name="rooms")),
    migrations.AddIndex("room", models.Index("name", name="room_name")),
    migrations.AddConstraint("room", models.UniqueConstraint(fields=["house", "name"], name="room_is_one")),
    migrations.RunSQL("SELECT 1"),
    migrations.AddIndex("room", models.Index("house", "name", name="room_house")),
]


def tables():
    with connection.cursor() as cursor:
        return {
            table: set(connection.introspection.get_constraints(cursor, table))
            | {column.name for column in connection.introspection.get_table_description(cursor, table)}
            for table in ("tests_house", "tests_room")
            if table in connection.introspection.table_names(cursor)
        }


def carry_out(operations):
    """Do and undo; return the state, and the tables in between and afterwards."""
    before, after = ProjectState(), ProjectState()
    _drawn = before.apps, after.apps
    steps = []
    with connection.schema_editor() as editor:
        for operation in operations:
            before = after.clone()
            operation.state_forwards("tests", after)
            operation.database_forwards("tests", editor, before, after)
            steps.append((operation, before, after.clone()))
    there = tables()
    with connection.schema_editor() as editor:
        for operation, earlier, later in reversed(steps):
            if operation.reversible:
                operation.database_backwards("tests", editor, later, earlier)
    return after, there, tables()


def test_neighbours_of_one_kind_run_together():
    sizes = [len(each.operations) if isinstance(each, Run) else 1 for each in in_runs(OPERATIONS)]

    assert sizes == [2, 2, 2, 1, 1]


@pytest.mark.django_db
def test_a_run_does_and_undoes_what_its_operations_do():
    alone = [each for each in OPERATIONS if not isinstance(each, migrations.RunSQL)]

    one_by_one, in_between, afterwards = carry_out(alone)
    at_once, in_between_at_once, afterwards_at_once = carry_out(in_runs(alone))

    assert at_once == one_by_one
    assert {"name", "house_id", "room_name", "room_is_one", "room_house"} <= in_between["tests_room"]
    assert in_between_at_once.keys() == in_between.keys()
    assert afterwards == afterwards_at_once == {}
    assert at_once.apps.get_model("tests", "house").rooms.rel.related_model.__name__ == "Room"
