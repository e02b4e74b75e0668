"""Migrations that change many things of one kind at once, quickly.

After each operation Django draws all models anew that have to do with the changed one, which here are nearly all. Of a
run of operations whose order among themselves does not matter it is enough to do so once, at the end.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ProjectState

KINDS = (CreateModel, AddField, IndexOperation)


class Run(Operation):
    """Several operations of one kind, each seeing the models as they are after all of them."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Note all changes, then draw the models that they touch."""
        drawn = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if drawn is not None:
            state.__dict__["apps"] = drawn
            touched = {_model_of(operation, app_label) for operation in self.operations}
            state.reload_models(sorted(touched), delay=self._is_near)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the changes in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take the changes back, the last one first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return all changes in words."""
        return "; ".join(operation.describe() for operation in self.operations)

    @property
    def _is_near(self) -> bool:
        """Tell whether only models next to the changed ones can notice."""
        return all(
            isinstance(each, IndexOperation) or (isinstance(each, AddField) and not each.field.is_relation)
            for each in self.operations
        )


def in_runs(operations: Iterable[Operation]) -> list[Operation]:
    """Put neighbours of one kind together: new models, new fields, or indexes, constraints and triggers."""
    found: list[Operation] = []
    for kind, same in groupby(operations, key=_kind_of):
        run = list(same)
        found += [Run(run)] if kind is not None and len(run) > 1 else run
    return found


def _kind_of(operation: Operation) -> type[Operation] | None:
    return next((kind for kind in KINDS if isinstance(operation, kind)), None)


def _model_of(operation: Operation, app_label: str) -> tuple[str, str]:
    name: str = operation.name if isinstance(operation, CreateModel) else operation.model_name  # type: ignore[attr-defined]
    return app_label, name.lower()
