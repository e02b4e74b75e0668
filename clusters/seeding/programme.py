"""The facts of the programme from the files in clusters/seed/."""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from clusters.enums import EventKind, Mark, Vocabulary
from clusters.models import (
    Cluster,
    EligibilityRule,
    EligibleCountry,
    LumpSumRate,
    Partnership,
    PartnershipGoal,
    PartnershipMember,
    ProgrammeEvent,
    RuleSetting,
    Term,
    Wave,
)

FOLDER = Path(__file__).resolve().parent.parent / "seed"

VOCABULARIES = {
    "sectoral_industries": Vocabulary.SECTOR,
    "industrial_ecosystems": Vocabulary.ECOSYSTEM,
    "emerging_industries": Vocabulary.EMERGING_INDUSTRY,
    "key_enabling_technologies": Vocabulary.KEY_TECHNOLOGY,
    "exchange_purposes": Vocabulary.PURPOSE,
    "scaling_up_support_kinds": Vocabulary.SCALING_UP_KIND,
}


@transaction.atomic
def load_programme() -> None:
    """Create every fact of the programme that is not there yet."""
    _load_waves()
    _load_terms()
    _load_partnerships()
    _load_clusters()
    _load_countries()
    _load_rates()
    _load_rules()
    _load_eligibility()
    _load_events()


@transaction.atomic
def prolong_rates() -> None:
    """Keep the published rates in force beyond their end, each marked as a demonstration's."""
    for rate in LumpSumRate.objects.exclude(mark=Mark.DEMONSTRATION):
        if rate.valid_to is not None:
            LumpSumRate.objects.get_or_create(
                country=rate.country,
                valid_from=rate.valid_to + timedelta(days=1),
                defaults={"amount": rate.amount, "mark": Mark.DEMONSTRATION},
            )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _objects(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_if_any(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> int | None:
    return int(text) if text else None


def _degrees(text: str) -> float | None:
    return float(text) if text else None


def _terms(vocabulary: Vocabulary, names: list[str]) -> list[Term]:
    return list(Term.objects.filter(vocabulary=vocabulary, name__in=names))


def _load_waves() -> None:
    for wave in _objects("waves.json"):
        Wave.objects.get_or_create(
            name=wave["name"],
            defaults={
                "starts_on": _day(wave["starts_on"]),
                "ends_on": _day(wave["ends_on"]),
                "accepts_until": _day_if_any(wave.get("accepts_until")),
                "emblem_text": wave["emblem_text"],
                "funding_statement": wave["funding_statement"],
                "disclaimer": wave["disclaimer"],
            },
        )


def _load_terms() -> None:
    taxonomies = _objects("taxonomies.json")
    terms = [
        Term(vocabulary=vocabulary, name=name) for key, vocabulary in VOCABULARIES.items() for name in taxonomies[key]
    ]
    published = {name for row in _rows("clusters.csv") for name in _words(row["technology_fields"])}
    terms += [Term(vocabulary=Vocabulary.TECHNOLOGY, name=name) for name in sorted(published)]
    terms += [
        Term(vocabulary=Vocabulary.TECHNOLOGY, name=row["name"], mark=row["mark"]) for row in _rows("technologies.csv")
    ]
    Term.objects.bulk_create(terms, ignore_conflicts=True)


def _load_partnerships() -> None:
    waves = {wave.name: wave for wave in Wave.objects.all()}
    for row in _objects("partnerships.json"):
        partnership, created = Partnership.objects.get_or_create(
            acronym=row["acronym"],
            defaults={
                "slug": row["acronym"].lower().replace(" ", "-").replace(".", "-"),
                "title": row.get("title", ""),
                "wave": waves[row["wave"]],
                "grant_agreement": row.get("grant_agreement", ""),
                "starts_on": _day(row["start"]),
                "months": row["duration_months"],
                "focus": row.get("focus", ""),
                "planned_exchanges": row.get("planned_exchanges"),
                "target_sme_visitors": row.get("target_sme_visitors"),
                "target_non_member_visitors": row.get("target_non_escp4x_visitors"),
                "target_cross_sector_share": row.get("target_cross_sector_share"),
                "objectives": row.get("objectives", ""),
                "results": row.get("results", ""),
                "target_groups": "\n".join(row.get("target_groups", [])),
                "website": row.get("website", ""),
                "partners": row.get("partners"),
                "countries": row.get("countries", []),
                "source_note": row.get("note", ""),
            },
        )
        if created:
            partnership.emerging_industries.set(_terms(Vocabulary.EMERGING_INDUSTRY, row["emerging_industries"]))
            partnership.sectors.set(_terms(Vocabulary.SECTOR, row.get("sectoral_industries", [])))
        for kind, number in row.get("other_targets", {}).items():
            PartnershipGoal.objects.get_or_create(partnership=partnership, kind=kind, defaults={"number": number})


def _load_clusters() -> None:
    coordinators = {row["acronym"]: row.get("coordinator") for row in _objects("partnerships.json")}
    partnerships = {partnership.acronym: partnership for partnership in Partnership.objects.all()}
    for row in _rows("clusters.csv"):
        cluster, created = Cluster.objects.get_or_create(
            name=row["name"],
            defaults={
                "short_name": row["short_name"],
                "country": row["country"],
                "nuts": row["nuts2"],
                "region": row["region"],
                "town": row["city"],
                "latitude": _degrees(row["latitude"]),
                "longitude": _degrees(row["longitude"]),
                "members": _number(row["members"]),
                "small_members": _number(row["smes"]),
                "source": row["source"],
                "priorities": "\n".join(_words(row["s3_priorities"])),
            },
        )
        if created:
            cluster.emerging_industries.set(_terms(Vocabulary.EMERGING_INDUSTRY, _words(row["emerging_industries"])))
            cluster.sectors.set(_terms(Vocabulary.SECTOR, _words(row["sectoral_industries"])))
            cluster.technologies.set(_terms(Vocabulary.TECHNOLOGY, _words(row["technology_fields"])))
        PartnershipMember.objects.get_or_create(
            partnership=partnerships[row["partnership"]],
            cluster=cluster,
            defaults={"coordinates": coordinators[row["partnership"]] == row["short_name"]},
        )


def _load_countries() -> None:
    for row in _rows("eligible_countries.csv"):
        EligibleCountry.objects.get_or_create(
            country=row["country"],
            valid_from=_day(row["valid_from"]),
            defaults={
                "valid_to": _day_if_any(row["valid_to"]),
                "eu_member": row["eu_member"] == "yes",
                "sepa": row["sepa_2026"],
                "nuts_prefix": row["nuts_vat_prefix"],
                "note": row["note"],
                "mark": row["mark"],
            },
        )


def _load_rates() -> None:
    for row in _rows("lump_sums.csv"):
        LumpSumRate.objects.get_or_create(
            country=row["host_country"],
            valid_from=_day(row["valid_from"]),
            defaults={
                "amount": Decimal(row["full_amount_eur"]),
                "valid_to": _day_if_any(row["valid_to"]),
                "mark": Mark.INFERRED,
            },
        )


def _load_rules() -> None:
    for row in _rows("rules.csv"):
        RuleSetting.objects.get_or_create(
            name=row["name"],
            valid_from=_day(row["valid_from"]),
            defaults={
                "value": Decimal(row["value"]),
                "valid_to": _day_if_any(row["valid_to"]),
                "mark": row["mark"],
                "source": row["source"],
            },
        )


def _load_eligibility() -> None:
    waves = {wave.name: wave for wave in Wave.objects.all()}
    for row in _rows("eligibility.csv"):
        EligibilityRule.objects.get_or_create(
            wave=waves[row["wave"]],
            role=row["role"],
            organisation_type=row["organisation_type"],
            valid_from=_day(row["valid_from"]),
            defaults={
                "verdict": row["verdict"],
                "needs_cluster": row["needs_cluster"] == "yes",
                "needs_eccp_cluster": row["needs_eccp_cluster"] == "yes",
                "sentence": row["sentence"],
                "source": row["source"],
                "mark": row["mark"],
            },
        )


def _load_events() -> None:
    partnerships = {partnership.acronym: partnership for partnership in Partnership.objects.all()}
    clusters = {cluster.short_name: cluster for cluster in Cluster.objects.all()}
    for row in _rows("events.csv"):
        ProgrammeEvent.objects.get_or_create(
            partnership=partnerships[row["partnership"]],
            title=row["title"],
            defaults={
                "kind": EventKind(row["kind"].replace(" ", "_")),
                "starts_on": _day_if_any(row["start"]),
                "ends_on": _day_if_any(row["end"]),
                "place": row["place"],
                "country": row["country"],
                "host_cluster": clusters.get(row["host_clusters"]),
                "facts": row["facts"],
            },
        )
