"""What keeps a new row from pointing to an organisation that is merged into another one at the same moment."""

import pgtrigger


def lands_in_the_kept(column: str) -> pgtrigger.Trigger:
    """Return a trigger by which a new row that names a merged organisation in this column belongs to the kept one.

    A merge holds both organisations while it moves what belongs to them. Whoever inserts waits for it here, and then
    follows it; foreign keys are looked at only when a transaction ends, which would be too late. Whoever has inserted
    before is waited for by the merge, which then finds that something has changed.
    """
    return pgtrigger.Trigger(
        name=f"{column}_follows_a_merge",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("kept", "bigint")],
        func=f"""
            FOR _hop IN 1..8 LOOP
                SELECT merged_into_id INTO kept FROM clusters_organisation WHERE id = NEW.{column} FOR KEY SHARE;
                EXIT WHEN kept IS NULL;
                NEW.{column} := kept;
            END LOOP;
            RETURN NEW;
        """,  # noqa: S608 the name of a column, given by a model
    )
