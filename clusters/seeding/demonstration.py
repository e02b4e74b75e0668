"""The people of the demonstration, the organisations of its visitor and its host, and the money of its partnerships."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import MembershipRole, OrganisationType, StaffRoleName, Vocabulary
from clusters.models import Budget, Cluster, Membership, Organisation, Partnership, StaffRole, Term, User
from clusters.transitions import organisations as transitions

PASSWORD = "wander-weave-2026"  # noqa: S105 printed for everybody who tries the demonstration


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demonstration, and what for."""

    address: str
    name: str
    purpose: StrOrPromise
    role: StaffRoleName | None = None
    place: str = ""
    is_administrator: bool = False


PEOPLE = (
    Person("visitor@demo.example", "Giulia Bardi", _("a weaving mill in Prato that wants to visit")),
    Person("host@demo.example", "Tomáš Novotný", _("a maker of technical textiles in Liberec that receives visitors")),
    Person(
        "ntt@demo.example", "Marco Cecchi", _("staff of the cluster NTT, Italy"), StaffRoleName.REFERENCE_STAFF, "NTT"
    ),
    Person(
        "clutex@demo.example",
        "Lenka Dvořáková",
        _("staff of the cluster CLUTEX, Czechia"),
        StaffRoleName.REFERENCE_STAFF,
        "CLUTEX",
    ),
    Person(
        "spk@demo.example",
        "Peter Kováč",
        _("staff of the plastics cluster SPK, Slovakia"),
        StaffRoleName.REFERENCE_STAFF,
        "SPK",
    ),
    Person(
        "aecim@demo.example",
        "Carmen Ortega",
        _("staff of the cluster AECIM, Spain"),
        StaffRoleName.REFERENCE_STAFF,
        "AECIM",
    ),
    Person(
        "fomentex@demo.example",
        "Vicent Belda",
        _("staff of the cluster FOMENTEX, Spain"),
        StaffRoleName.REFERENCE_STAFF,
        "FOMENTEX",
    ),
    Person(
        "coordinator@demo.example",
        "Elena Rinaldi",
        _("coordinator of EXTRATEX"),
        StaffRoleName.COORDINATOR,
        "EXTRATEX",
    ),
    Person(
        "finance@demo.example",
        "Paolo Conti",
        _("finance officer of EXTRATEX"),
        StaffRoleName.FINANCE_OFFICER,
        "EXTRATEX",
    ),
    Person(
        "exxtra@demo.example",
        "Mette Kjær",
        _("coordinator of EXXTRA, the rail partnership"),
        StaffRoleName.COORDINATOR,
        "EXXTRA",
    ),
    Person("programme@demo.example", "Anne Laurent", _("programme officer"), StaffRoleName.PROGRAMME_OFFICER),
    Person("admin@demo.example", "Administrator", _("administration pages"), is_administrator=True),
)

BUDGETS: dict[str, dict[str, Any]] = {
    "EXTRATEX": {
        "total": Decimal(45000),
        "payer_name": "EXTRATEX (demonstration)",
        "payer_iban": "IT60X0542811101000000123456",
        "payer_bic": "BLOPIT22",
    },
    "EXXTRA": {
        "total": Decimal(40000),
        "payer_name": "EXXTRA (demonstration)",
        "payer_iban": "IT24D0542811101000000654321",
        "payer_bic": "BLOPIT22",
    },
}

ORGANISATIONS: dict[str, dict[str, Any]] = {
    "visitor@demo.example": {
        "legal_name": "Tessitura Valbisenzio S.r.l.",
        "cluster": "NTT",
        "sectors": ["Textile manufacturing"],
        "technologies": ["Weaving of technical fabrics", "Spinning of technical yarns"],
        "ecosystems": ["Textiles"],
        "key_technologies": ["Advanced materials"],
        "country": "IT",
        "town": "Prato",
        "nuts": "ITI1",
        "address": "Via dei Tessitori 12",
        "postcode": "59100",
        "latitude": 43.8805,
        "longitude": 11.09699,
        "headcount": 38,
        "turnover_eur": Decimal(6_400_000),
        "balance_eur": Decimal(4_100_000),
        "languages": ["it", "en"],
        "description": "Weaves technical fabrics for bags, tents and protective clothing; looks for recycled yarns.",
    },
    "host@demo.example": {
        "legal_name": "Ještěd Technické Tkaniny s.r.o.",
        "cluster": "CLUTEX",
        "sectors": ["Textile manufacturing", "Automotive"],
        "technologies": ["Advanced Textile Materials", "Coating and laminating", "Nonwovens", "Composite materials"],
        "ecosystems": ["Textiles", "Mobility-transport-automotive"],
        "key_technologies": ["Advanced materials", "Advanced manufacturing"],
        "country": "CZ",
        "town": "Liberec",
        "nuts": "CZ05",
        "address": "Přadelní 7",
        "postcode": "460 01",
        "latitude": 50.76711,
        "longitude": 15.05619,
        "headcount": 120,
        "turnover_eur": Decimal(18_500_000),
        "balance_eur": Decimal(11_000_000),
        "languages": ["cs", "en", "de"],
        "description": "Makes coated and laminated textiles for seats, filters and car interiors; own test laboratory.",
    },
}


VOCABULARIES = {
    "sectors": Vocabulary.SECTOR,
    "technologies": Vocabulary.TECHNOLOGY,
    "ecosystems": Vocabulary.ECOSYSTEM,
    "key_technologies": Vocabulary.KEY_TECHNOLOGY,
}


@transaction.atomic
def load_people() -> tuple[Person, ...]:
    """Create the people of the demonstration with their roles, organisations and budgets; return all of them."""
    for person in PEOPLE:
        _load_person(person)
    for acronym, budget in BUDGETS.items():
        Budget.objects.get_or_create(partnership=Partnership.objects.get(acronym=acronym), defaults=budget)
    for address, facts in ORGANISATIONS.items():
        owner = User.objects.get(email=address)
        if not owner.memberships.exists():
            _load_organisation(owner, dict(facts))
    return PEOPLE


@cache
def _password() -> str:
    """Hash the password that all share once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def _load_person(person: Person) -> None:
    user = User.objects.filter(email=person.address).first()
    if user is None:
        admin = person.is_administrator
        user = User.objects.create(
            email=person.address, name=person.name, password=_password(), is_staff=admin, is_superuser=admin
        )
        EmailAddress.objects.create(user=user, email=person.address, verified=True, primary=True)
    if person.role is not None:
        cluster = Cluster.objects.filter(short_name=person.place).first()
        partnership = Partnership.objects.filter(acronym=person.place).first()
        StaffRole.objects.get_or_create(user=user, role=person.role, cluster=cluster, partnership=partnership)
        if cluster is not None:
            Cluster.objects.filter(pk=cluster.pk, contact_email="").update(
                contact_name=person.name, contact_email=person.address
            )


def _load_organisation(owner: User, facts: dict[str, Any]) -> None:
    cluster = Cluster.objects.get(short_name=facts.pop("cluster"))
    terms = {
        name: Term.objects.filter(vocabulary=vocabulary, name__in=facts.pop(name))
        for name, vocabulary in VOCABULARIES.items()
    }
    organisation = Organisation.objects.create(
        **facts, type=OrganisationType.SME, reference_cluster=cluster, is_cluster_member=True
    )
    for name, chosen in terms.items():
        getattr(organisation, name).set(chosen)
    Membership.objects.create(user=owner, organisation=organisation, role=MembershipRole.OWNER)
    transitions.ORGANISATION.begin(organisation, actor=owner)
    transitions.submit(organisation, actor=owner)
    officer = User.objects.filter(staff_roles__cluster=cluster).order_by("pk")[0]
    transitions.validate(organisation, actor=officer)
