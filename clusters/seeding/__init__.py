"""The first content of a portal: the programme's facts, and for a demonstration its people and organisations.

Everything here only creates what is missing: what an administrator changed stays as it is.
"""

from clusters.seeding.demonstration import PASSWORD, Person, load_people
from clusters.seeding.generated import generate_organisations, generated_organisations
from clusters.seeding.generated_clusters import fitting, generate_clusters
from clusters.seeding.programme import load_programme, prolong_rates
from clusters.seeding.publications import load_calls, load_publications

__all__ = [
    "PASSWORD",
    "Person",
    "fitting",
    "generate_clusters",
    "generate_organisations",
    "generated_organisations",
    "load_calls",
    "load_people",
    "load_programme",
    "load_publications",
    "prolong_rates",
]
