"""Writing very many rows at once: by COPY, with the values that the models' own fields would store."""

from collections.abc import Iterable, Sequence

from django.db import connection, models


def copy_rows[M: models.Model](rows: Sequence[M]) -> Sequence[M]:
    """Insert rows of one model and give them their keys; no `save` is called, but triggers and constraints hold."""
    if not rows:
        return rows
    model = type(rows[0])
    fields = model._meta.concrete_fields
    _give_keys(model, rows)
    copy_values(
        model,
        [field.attname for field in fields],
        ([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields] for row in rows),
    )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def copy_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert values that are ready for these columns; what is left out must have a default in the database."""
    quote = connection.ops.quote_name
    by_name = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(by_name[name]) for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _give_keys[M: models.Model](model: type[M], rows: Sequence[M]) -> None:
    key = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), key.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            setattr(row, key.attname, number)
