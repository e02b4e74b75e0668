"""Who is told what when a registration moves."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.models import Organisation, User
from extratex.notices import outbox


def tell_of_submission(organisation: Organisation) -> None:
    """Tell the reference cluster that something waits, and the members that it has arrived."""
    cluster = organisation.reference_cluster
    _tell(
        queries.staff_of(cluster),
        organisation,
        format_lazy(_("{organisation} waits for your validation"), organisation=organisation.legal_name),
        format_lazy(
            _(
                "{organisation} ({place}) has {cluster} as its reference cluster. "
                "Please validate its registration, or say what has to be changed."
            ),
            organisation=organisation.legal_name,
            place=organisation.place,
            cluster=cluster.short_name,
        ),
    )
    _tell(
        queries.members_of(organisation),
        organisation,
        format_lazy(_("Your registration is with {cluster}"), cluster=cluster.short_name),
        format_lazy(
            _("{cluster} checks the registration of {organisation}. You hear from us as soon as it has decided."),
            cluster=cluster.name,
            organisation=organisation.legal_name,
        ),
    )


def tell_of_validation(organisation: Organisation) -> None:
    """Tell the members that they may go on."""
    _tell_members(
        organisation,
        _("{organisation} is validated"),
        _("{cluster} has validated {organisation}. You can now write a candidature as visitor or as host."),
    )


def tell_of_changes(organisation: Organisation, note: str) -> None:
    """Tell the members what they have to change."""
    _tell_members(
        organisation,
        _("Please change something in the registration of {organisation}"),
        _("{cluster} asks you to change something: {note}"),
        note,
    )


def tell_of_rejection(organisation: Organisation, note: str) -> None:
    """Tell the members why they cannot take part."""
    _tell_members(
        organisation,
        _("{organisation} was not accepted"),
        _("{cluster} has rejected the registration. The reason: {note}"),
        note,
    )


def _tell_members(organisation: Organisation, subject: StrOrPromise, text: StrOrPromise, note: str = "") -> None:
    words = {
        "organisation": organisation.legal_name,
        "cluster": organisation.reference_cluster.short_name,
        "note": note,
    }
    people = queries.members_of(organisation)
    _tell(people, organisation, format_lazy(subject, **words), format_lazy(text, **words))


def _tell(people: Iterable[User], organisation: Organisation, subject: StrOrPromise, text: StrOrPromise) -> None:
    event = queries.history_of(organisation)[0]
    link = reverse("clusters:organisation", args=[organisation.pk])
    for person in people:
        outbox.tell(person, "organisation", subject, text, link=link, key=f"organisation event {event.pk}")
