"""The history of fields: every version of a row, written by triggers in PostgreSQL and never changed afterwards."""

from collections.abc import Callable

import pghistory
from django.db import models


def keep_history[M: models.Model](*, exclude: list[str] | None = None) -> Callable[[type[M]], type[M]]:
    """Keep each version of a model's rows in its `…History` table; leave secrets out by `exclude`."""

    def decorate(model: type[M]) -> type[M]:
        return pghistory.track(  # type: ignore[no-any-return]
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=exclude,
            append_only=True,
            model_name=f"{model.__name__}History",
            obj_field=pghistory.ObjForeignKey(related_name="versions", db_constraint=False, null=True),
        )(model)

    return decorate
