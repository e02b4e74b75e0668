"""Which state of the published content is the present one: a mark that changes whenever anything in it is written.

A trigger changes it, in the transaction that writes: no way past it exists (form, administration, import, SQL), and who
reads the mark before the content never shows an old page under a new mark.
"""

import pgtrigger
from django.db import models

from extratex.publishing.models import Revision

CHANGE_THE_MARK = """
    INSERT INTO publishing_revision (id, mark) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
    RETURN NULL;
"""


def published[M: models.Model](model: type[M]) -> type[M]:
    """Mark a model whose rows stand on public pages: each statement that writes them changes the revision."""
    trigger = pgtrigger.Trigger(
        name="published_content_changes",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=CHANGE_THE_MARK,
    )
    return pgtrigger.register(trigger)(model)  # type: ignore[no-any-return]


def present_mark() -> str | None:
    """Return the mark of what is published now (one query); None where nothing was ever written."""
    mark = Revision.objects.values_list("mark", flat=True).first()
    return None if mark is None else str(mark)
