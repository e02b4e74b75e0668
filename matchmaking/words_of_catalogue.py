"""How the two catalogues call what they show; everything else about them is the same."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import ParticipantRole


@dataclass(frozen=True)
class Catalogue:
    """The words and addresses of the catalogue of one role."""

    role: ParticipantRole
    title: StrOrPromise
    lead: StrOrPromise
    one: StrOrPromise
    page: str
    detail: str
    compare: str
    closed_title: StrOrPromise
    closed_text: StrOrPromise
    wanted_title: StrOrPromise
    wanted_text: StrOrPromise
    offer_title: StrOrPromise
    empty_title: StrOrPromise
    none_fits: StrOrPromise

    @property
    def url(self) -> str:
        """Return the address of the list."""
        return reverse(self.page)

    @property
    def compare_url(self) -> str:
        """Return the address of the comparison."""
        return reverse(self.compare)

    @property
    def is_of_hosts(self) -> bool:
        """Tell whether these are hosts."""
        return self.role == ParticipantRole.HOST

    @property
    def other_role(self) -> ParticipantRole:
        """Return the role of those who look for somebody here."""
        return ParticipantRole.VISITOR if self.is_of_hosts else ParticipantRole.HOST


HOSTS = Catalogue(
    role=ParticipantRole.HOST,
    title=_("Hosts"),
    lead=_("Organisations that receive visitors, each validated by its reference cluster."),
    one=_("host"),
    page="matchmaking:hosts",
    detail="matchmaking:host",
    compare="matchmaking:compare_hosts",
    closed_title=_("The catalogue opens once you are validated"),
    closed_text=_(
        "Hosts show themselves to organisations that a reference cluster has validated. Register yours, or wait for its"
        " validation."
    ),
    wanted_title=_("Do you want to visit?"),
    wanted_text=_(
        "With a validated candidature as visitor you see whether this host suits you, and can propose an exchange."
    ),
    offer_title=_("What it offers"),
    empty_title=_("No host yet"),
    none_fits=_("No host fits"),
)
VISITORS = Catalogue(
    role=ParticipantRole.VISITOR,
    title=_("Visitors"),
    lead=_("Organisations that look for a host, each validated by its reference cluster."),
    one=_("visitor"),
    page="matchmaking:visitors",
    detail="matchmaking:visitor",
    compare="matchmaking:compare_visitors",
    closed_title=_("The catalogue of visitors is for hosts"),
    closed_text=_(
        "Visitors show themselves to organisations whose candidature as host is validated. Write yours, or wait for its"
        " validation."
    ),
    wanted_title=_("Do you want to receive visitors?"),
    wanted_text=_(
        "With a validated candidature as host you see whether this visitor suits you, and can propose an exchange."
    ),
    offer_title=_("What it seeks"),
    empty_title=_("No visitor yet"),
    none_fits=_("No visitor fits"),
)
OF_ROLE = {each.role: each for each in (HOSTS, VISITORS)}
