"""What every test may use: the programme's facts, and a person for each role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from pytest_django import DjangoDbBlocker

from clusters.enums import StaffRoleName
from clusters.models import Organisation, User, Wave
from clusters.seeding import load_programme, prolong_rates
from tests import factories


def load_facts() -> None:
    """Load what a portal knows before anybody registers."""
    load_programme()
    prolong_rates()


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """The folder of collected static files, which is empty in a test but has to be there."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def no_pages_kept() -> None:
    """Each test draws its pages anew, so that it counts what a page costs."""
    caches["pages"].clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Load the facts of the programme once into the tests' database."""
    with django_db_blocker.unblock():
        load_facts()


@pytest.fixture
def programme(db: None) -> None:
    """The facts of the programme; loaded again where a test with real transactions has emptied the tables."""
    if not Wave.objects.exists():
        load_facts()


@pytest.fixture
def make_organisation(programme: None) -> Callable[..., Organisation]:
    """Make an organisation; see tests.factories."""
    return factories.make_organisation


@pytest.fixture
def visitor_person(programme: None) -> User:
    """The owner of the organisation that wants to visit."""
    return factories.make_person("Giulia Visitor")


@pytest.fixture
def host_person(programme: None) -> User:
    """The owner of the organisation that receives visitors."""
    return factories.make_person("Tomáš Host")


@pytest.fixture
def stranger(programme: None) -> User:
    """Somebody who is signed in and has to do with nothing."""
    return factories.make_person("Stranger")


@pytest.fixture
def visitor_organisation(visitor_person: User) -> Organisation:
    """A validated weaving mill in Prato, looked after by NTT."""
    return factories.make_organisation(
        owner=visitor_person, legal_name="Tessitura Prova S.r.l.", technologies=("Weaving of technical fabrics",)
    )


@pytest.fixture
def host_organisation(host_person: User) -> Organisation:
    """A validated maker of technical textiles in Liberec, looked after by CLUTEX."""
    return factories.make_organisation(
        owner=host_person,
        legal_name="Zkušební tkaniny s.r.o.",
        country="CZ",
        reference_cluster="CLUTEX",
        sectors=("Automotive",),
        technologies=("Composite materials", "Nonwovens"),
        languages=["cs", "en"],
    )


def _staff_fixture(name: str, role: StaffRoleName, place: Callable[[], Any], promise: str) -> Any:
    def make(programme: None) -> User:
        return factories.make_staff(role, place(), name)

    make.__doc__ = promise
    return pytest.fixture(make)


ntt_officer = _staff_fixture(
    "NTT officer",
    StaffRoleName.REFERENCE_STAFF,
    lambda: factories.cluster("NTT"),
    "Staff of NTT, the visitor's cluster.",
)
clutex_officer = _staff_fixture(
    "CLUTEX officer",
    StaffRoleName.REFERENCE_STAFF,
    lambda: factories.cluster("CLUTEX"),
    "Staff of CLUTEX, the host's cluster.",
)
coordinator = _staff_fixture(
    "Coordinator", StaffRoleName.COORDINATOR, factories.partnership, "The coordinator of EXTRATEX."
)
finance_officer = _staff_fixture(
    "Finance officer", StaffRoleName.FINANCE_OFFICER, factories.partnership, "The finance officer of EXTRATEX."
)
other_coordinator = _staff_fixture(
    "Other coordinator",
    StaffRoleName.COORDINATOR,
    lambda: factories.partnership("EXXTRA"),
    "The coordinator of EXXTRA, another partnership.",
)
programme_officer = _staff_fixture(
    "Programme officer", StaffRoleName.PROGRAMME_OFFICER, lambda: None, "Somebody who reads the whole programme."
)


@pytest.fixture
def administrator(programme: None) -> User:
    """A superuser."""
    return factories.make_person("Administrator", is_staff=True, is_superuser=True)
