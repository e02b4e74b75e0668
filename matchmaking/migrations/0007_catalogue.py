"""What the catalogue finds candidatures by: an entry for each validated one, kept by triggers, and favourites."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import extratex.shared.clock

WORDS = r"""
CREATE FUNCTION matchmaking_folded(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(
        replace(
            regexp_replace(lower(normalize(coalesce(written, ''), NFKD)), U&'[\0300-\036F]', '', 'g'),
            'ß', 'ss'
        ),
        'ς-_/.@:&+~=?<>''',
        'σ              '
    )
$$;

-- An entry for each validated candidature among the keys, as it is now, and none for the others. Who is not named is
-- found by country and sectors alone: neither its place nor any word betrays it.
CREATE FUNCTION matchmaking_list(keys bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM matchmaking_catalogueentry entry
    USING matchmaking_candidature candidature
    WHERE entry.candidature_id = ANY (keys)
        AND candidature.id = entry.candidature_id
        AND candidature.status <> 'validated';

    INSERT INTO matchmaking_catalogueentry
        (candidature_id, role, wave_id, name, country, town, latitude, longitude, words)
    SELECT
        candidature.id,
        candidature.role,
        candidature.wave_id,
        CASE WHEN candidature.is_named THEN left(matchmaking_folded(organisation.legal_name), 300) ELSE '' END,
        organisation.country,
        CASE WHEN candidature.is_named THEN organisation.town ELSE '' END,
        CASE WHEN candidature.is_named THEN organisation.latitude END,
        CASE WHEN candidature.is_named THEN organisation.longitude END,
        CASE WHEN candidature.is_named THEN setweight(
            to_tsvector('simple', matchmaking_folded(organisation.legal_name || ' ' || organisation.town)), 'A'
        ) || setweight(
            to_tsvector(
                'simple',
                matchmaking_folded(
                    candidature.motivation || ' ' || candidature.expertise || ' ' || candidature.visit || ' '
                        || organisation.description || ' ' || coalesce(
                        (
                            SELECT string_agg(term.name, ' ' ORDER BY term.name)
                            FROM matchmaking_candidature_technologies tie
                            JOIN clusters_term term ON term.id = tie.term_id
                            WHERE tie.candidature_id = candidature.id
                        ),
                        ''
                    )
                )
            ),
            'B'
        ) ELSE ''::tsvector END
    FROM matchmaking_candidature candidature
    JOIN clusters_organisation organisation ON organisation.id = candidature.organisation_id
    WHERE candidature.id = ANY (keys) AND candidature.status = 'validated'
    ON CONFLICT (candidature_id) DO UPDATE SET
        role = excluded.role,
        wave_id = excluded.wave_id,
        name = excluded.name,
        country = excluded.country,
        town = excluded.town,
        latitude = excluded.latitude,
        longitude = excluded.longitude,
        words = excluded.words;
$$;
"""

TRIGGERS = """
CREATE FUNCTION matchmaking_list_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM matchmaking_list(ARRAY(SELECT id FROM fresh WHERE status = 'validated' ORDER BY id));
    RETURN NULL;
END $$;
CREATE TRIGGER candidature_is_listed_when_new AFTER INSERT ON matchmaking_candidature
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION matchmaking_list_new();

CREATE FUNCTION matchmaking_list_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM matchmaking_list(ARRAY(
        SELECT fresh.id FROM fresh JOIN stale ON stale.id = fresh.id
        WHERE 'validated' IN (fresh.status, stale.status)
            AND (
                fresh.status, fresh.role, fresh.wave_id, fresh.organisation_id, fresh.is_named,
                fresh.motivation, fresh.expertise, fresh.visit
            ) IS DISTINCT FROM (
                stale.status, stale.role, stale.wave_id, stale.organisation_id, stale.is_named,
                stale.motivation, stale.expertise, stale.visit
            )
        ORDER BY fresh.id
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER candidature_is_listed_when_changed AFTER UPDATE ON matchmaking_candidature
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION matchmaking_list_changed();

CREATE FUNCTION matchmaking_list_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM matchmaking_list(ARRAY(
        SELECT candidature.id
        FROM fresh
        JOIN stale ON stale.id = fresh.id
        JOIN matchmaking_candidature candidature ON candidature.organisation_id = fresh.id
        WHERE candidature.status = 'validated'
            AND (fresh.legal_name, fresh.town, fresh.country, fresh.latitude, fresh.longitude, fresh.description)
                IS DISTINCT FROM
                (stale.legal_name, stale.town, stale.country, stale.latitude, stale.longitude, stale.description)
        ORDER BY candidature.id
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER candidature_is_listed_with_its_organisation AFTER UPDATE ON clusters_organisation
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION matchmaking_list_organisation();

CREATE FUNCTION matchmaking_list_technologies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM matchmaking_list(ARRAY(
        SELECT DISTINCT candidature.id
        FROM moved JOIN matchmaking_candidature candidature ON candidature.id = moved.candidature_id
        WHERE candidature.status = 'validated'
        ORDER BY candidature.id
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER candidature_is_listed_with_new_technologies AFTER INSERT ON matchmaking_candidature_technologies
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION matchmaking_list_technologies();
CREATE TRIGGER candidature_is_listed_without_technologies AFTER DELETE ON matchmaking_candidature_technologies
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION matchmaking_list_technologies();

SELECT matchmaking_list(ARRAY(SELECT id FROM matchmaking_candidature WHERE status = 'validated'));
"""

GONE = """
DROP TRIGGER candidature_is_listed_without_technologies ON matchmaking_candidature_technologies;
DROP TRIGGER candidature_is_listed_with_new_technologies ON matchmaking_candidature_technologies;
DROP TRIGGER candidature_is_listed_with_its_organisation ON clusters_organisation;
DROP TRIGGER candidature_is_listed_when_changed ON matchmaking_candidature;
DROP TRIGGER candidature_is_listed_when_new ON matchmaking_candidature;
DROP FUNCTION matchmaking_list_technologies(), matchmaking_list_organisation(), matchmaking_list_changed(),
    matchmaking_list_new(), matchmaking_list(bigint[]), matchmaking_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0019_rules_of_proposals"),
        ("matchmaking", "0006_proposed_days_and_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                (
                    "candidature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="entry",
                        serialize=False,
                        to="matchmaking.candidature",
                        verbose_name="candidature",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("visitor", "Visitor"), ("host", "Host")], max_length=10, verbose_name="role"
                    ),
                ),
                ("name", models.CharField(max_length=300, verbose_name="name without accents")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("town", models.CharField(max_length=120, verbose_name="town")),
                ("latitude", models.FloatField(null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(null=True, verbose_name="longitude")),
                ("words", django.contrib.postgres.search.SearchVectorField(verbose_name="words")),
                (
                    "wave",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clusters.wave",
                        verbose_name="wave",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the catalogue",
                "verbose_name_plural": "entries of the catalogue",
                "indexes": [
                    models.Index(
                        models.F("wave"),
                        models.F("role"),
                        models.F("name"),
                        models.F("candidature"),
                        name="catalogue_by_name",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words"], name="catalogue_words"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Favourite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note to yourself")),
                (
                    "created_at",
                    models.DateTimeField(default=extratex.shared.clock.now, editable=False, verbose_name="kept"),
                ),
                (
                    "candidature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="matchmaking.candidature",
                        verbose_name="candidature",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourites",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "favourite",
                "verbose_name_plural": "favourites",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(models.F("user"), models.F("candidature"), name="favourite_is_kept_once")
                ],
            },
        ),
        migrations.RunSQL(WORDS + TRIGGERS, GONE),
    ]
