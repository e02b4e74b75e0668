"""Makes people and organisations for the tests: what a test does not name is sound and has no meaning."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from clusters.enums import MembershipRole, OrganisationStatus, OrganisationType, StaffRoleName, Vocabulary
from clusters.models import (
    Call,
    Cluster,
    MemberImport,
    Membership,
    NewsItem,
    Organisation,
    Partnership,
    StaffRole,
    Term,
    User,
)
from extratex.documents.models import Document
from extratex.shared import clock

numbers = count(1)

PLACES = {
    "IT": ("Prato", 43.8805, 11.09699, "ITI1"),
    "CZ": ("Liberec", 50.76711, 15.05619, "CZ05"),
    "ES": ("Ontinyent", 38.82191, -0.60971, "ES52"),
    "SK": ("Bratislava", 48.14816, 17.10674, "SK01"),
    "DE": ("Dresden", 51.05089, 13.73832, "DED2"),
    "PT": ("Guimarães", 41.44443, -8.29619, "PT11"),
    "FR": ("Lyon", 45.74846, 4.84671, "FRK2"),
    "DK": ("Herning", 56.13615, 8.97662, "DK04"),
}


def make_person(name: str = "", **fields: Any) -> User:
    """Create somebody who can be signed in by force, for no test needs her password."""
    number = next(numbers)
    fields.setdefault("email", f"person-{number}@test.example")
    return User.objects.create(name=name or f"Person {number}", password="!", **fields)


def confirm(person: User, email: str = "") -> User:
    """Let a person confirm an address, the own one unless another is named."""
    EmailAddress.objects.create(user=person, email=email or person.email, verified=True, primary=not email)
    return person


def make_member(organisation: Organisation, role: MembershipRole = MembershipRole.EDITOR, name: str = "") -> Membership:
    """Create somebody who works for an organisation."""
    return Membership.objects.create(user=make_person(name), organisation=organisation, role=role)


def make_staff(role: StaffRoleName, place: Cluster | Partnership | None = None, name: str = "") -> User:
    """Create somebody with one role for one cluster, one partnership or, without a place, the whole programme."""
    person = make_person(name)
    cluster = place if isinstance(place, Cluster) else None
    partnership = place if isinstance(place, Partnership) else None
    StaffRole.objects.create(user=person, role=role, cluster=cluster, partnership=partnership)
    return person


def cluster(short_name: str) -> Cluster:
    """Return a real cluster of the programme by its short name."""
    return Cluster.objects.get(short_name=short_name)


def partnership(acronym: str = "EXTRATEX") -> Partnership:
    """Return a real partnership of the programme."""
    return Partnership.objects.get(acronym=acronym)


def term(vocabulary: Vocabulary, name: str) -> Term:
    """Return a word of the programme's vocabularies."""
    return Term.objects.get(vocabulary=vocabulary, name=name)


def make_organisation(
    *,
    owner: User | None = None,
    country: str = "IT",
    reference_cluster: Cluster | str = "NTT",
    sectors: tuple[str, ...] = ("Textile manufacturing",),
    technologies: tuple[str, ...] = ("Nonwovens",),
    status: OrganisationStatus = OrganisationStatus.VALIDATED,
    **fields: Any,
) -> Organisation:
    """Create an organisation in a status, without the history that would have led there."""
    town, latitude, longitude, nuts = PLACES[country]
    place = {"country": country, "town": town, "latitude": latitude, "longitude": longitude, "nuts": nuts}
    chosen = cluster(reference_cluster) if isinstance(reference_cluster, str) else reference_cluster
    defaults = {
        "legal_name": f"Organisation {next(numbers)}",
        "type": OrganisationType.SME,
        "languages": ["en"],
        "headcount": 20,
        "is_cluster_member": True,
    }
    organisation = Organisation.objects.create(**(place | defaults | fields), reference_cluster=chosen, status=status)
    organisation.sectors.set([term(Vocabulary.SECTOR, name) for name in sectors])
    organisation.technologies.set([term(Vocabulary.TECHNOLOGY, name) for name in technologies])
    if owner is not None:
        Membership.objects.create(user=owner, organisation=organisation)
    return organisation


def make_member_import(*, by: User | None = None, short_name: str = "NTT", **fields: Any) -> MemberImport:
    """Create an import of a cluster's members whose file nobody reads."""
    document = Document.objects.create(kind="member_list", original_name="members.xlsx", media_type="", size=1)
    person = by or make_person("Importer")
    return MemberImport.objects.create(cluster=cluster(short_name), document=document, by=person, **fields)


def make_news(**fields: Any) -> NewsItem:
    """Create a published piece of news of EXTRATEX."""
    number = next(numbers)
    defaults = {
        "slug": f"news-{number}",
        "partnership": partnership(),
        "title": f"News {number}",
        "summary": "Something happened.",
        "text": "It happened like this.",
        "published_at": clock.now() - timedelta(days=1),
    }
    return NewsItem.objects.create(**(defaults | fields))


def make_call(*, committee: Sequence[User] = (), **fields: Any) -> Call:
    """Create a published call of EXTRATEX that opened an hour ago and closes in an hour."""
    number = next(numbers)
    now = clock.now().replace(microsecond=0)
    defaults = {
        "slug": f"call-{number}",
        "partnership": partnership(),
        "title": f"Call {number}",
        "summary": "We look for somebody.",
        "terms": "Do this by then.",
        "time_zone": "Europe/Rome",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(hours=1),
        "published_at": now - timedelta(days=1),
    }
    call = Call.objects.create(**(defaults | fields))
    call.committee.set(committee)
    return call
