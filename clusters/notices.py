"""Who is told what when a registration moves."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters import queries
from clusters.enums import OrganisationStatus
from clusters.models import BulkValidation, Call, CallApplication, Cluster, Organisation, User
from clusters.remarks import Remarks, in_words_lazy
from extratex.notices import outbox

NAMED_IN_A_REMINDER = 20


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


def tell_of_changes(organisation: Organisation, note: str, remarks: Remarks) -> None:
    """Tell the members what they have to change, field by field."""
    _tell_members(
        organisation,
        _("Please change something in the registration of {organisation}"),
        _("{cluster} asks you to change something:\n\n{note}"),
        in_words_lazy(remarks, note),
    )


def tell_of_reassignment(organisation: Organisation, former: Cluster, note: str) -> None:
    """Tell the new cluster, the former one and the members who decides from now on, and why."""
    words = {
        "organisation": organisation.legal_name,
        "place": organisation.place,
        "former": former.short_name,
        "cluster": organisation.reference_cluster.name,
        "note": note,
    }
    told = (
        (
            queries.staff_of(organisation.reference_cluster),
            _("{former} passes {organisation} on to you"),
            _("{organisation} ({place}) waits for your validation. {former} gives this reason: {note}"),
        ),
        (
            queries.staff_of(former),
            _("{organisation} now lies with another cluster"),
            _("{organisation} has been passed on to {cluster}. The reason: {note}"),
        ),
        (
            queries.members_of(organisation),
            _("Another cluster checks your registration"),
            _("{former} has passed the registration of {organisation} on to {cluster}. The reason: {note}"),
        ),
    )
    for people, subject, text in told:
        _tell(people, organisation, format_lazy(subject, **words), format_lazy(text, **words))


def tell_of_rejection(organisation: Organisation, note: str) -> None:
    """Tell the members why they cannot take part."""
    _tell_members(
        organisation,
        _("{organisation} was not accepted"),
        _("{cluster} has rejected the registration. The reason: {note}"),
        note,
    )


def tell_of_merge(merged: Organisation, kept: Organisation) -> None:
    """Tell the people of both that they are one organisation from now on; called while each has its own people."""
    words = {"merged": merged.legal_name, "kept": kept.legal_name, "cluster": kept.reference_cluster.short_name}
    subject = format_lazy(_("{merged} and {kept} are one organisation now"), **words)
    text = format_lazy(
        _(
            "{cluster} has merged two registrations of the same organisation. Everything that belonged to {merged} "
            "belongs to {kept} now: people, candidatures, proposals and exchanges. You need not do anything."
        ),
        **words,
    )
    event = queries.history_of(merged)[0]
    link = reverse("clusters:organisation", args=[kept.pk])
    for person in (queries.members_of(merged) | queries.members_of(kept)).distinct():
        outbox.tell(person, "organisation", subject, text, link=link, key=f"organisation event {event.pk}")


def tell_of_bulk_validation(run: BulkValidation, validated: int) -> None:
    """Tell the officer what became of a bulk validation that ran in the background."""
    words = {"validated": validated, "total": run.total}
    outbox.tell(
        run.asked_by,
        "organisation",
        format_lazy(_("Your bulk validation is done: {validated} of {total}"), **words),
        format_lazy(
            _("{validated} of {total} registrations are validated. The page says what became of each."), **words
        ),
        link=reverse("clusters:bulk_run", args=[run.pk]),
        key=f"bulk validation {run.pk}",
    )


def remind_of_validation(people: Iterable[User], cluster: Cluster, waiting: list[Organisation], *, key: str) -> None:
    """Remind of registrations that wait with a cluster, the longest waiting first; one notice for all of them."""
    words = {
        "number": len(waiting),
        "cluster": cluster.short_name,
        "organisation": waiting[0].legal_name,
        "names": "\n".join(f"• {row.legal_name}, {row.place}" for row in waiting[:NAMED_IN_A_REMINDER]),
        "since": lazy(date_format, str)(localtime(waiting[0].status_since), "j F Y"),
    }
    if len(waiting) == 1:
        subject = _("{organisation} still waits for its validation")
        text = _("{organisation} has waited for an answer of {cluster} since {since}.")
        link = reverse("clusters:organisation", args=[waiting[0].pk])
    else:
        subject = _("{number} registrations still wait for their validation")
        text = _("{number} registrations wait for an answer of {cluster}, the first one since {since}:\n\n{names}")
        link = f"{reverse('clusters:organisations')}?status={OrganisationStatus.SUBMITTED}"
    for person in people:
        told = (format_lazy(subject, **words), format_lazy(text, **words))
        outbox.tell(person, "organisation", *told, link=link, key=key)


def tell_of_application(application: CallApplication) -> None:
    """Confirm to the applicant what was received, and when."""
    call, person = application.call, application.applicant
    outbox.tell(
        person,
        "call_application",
        format_lazy(_("Your application is received: {call}"), call=call.title),
        format_lazy(
            _(
                "We received your application to “{call}” on {moment} UTC. You can take it back and change it until "
                "the call closes; the committee reads it after that."
            ),
            call=call.title,
            moment=f"{application.status_since:%Y-%m-%d %H:%M:%S}",
        ),
        link=reverse("clusters:apply", args=[call.slug]),
        key=f"application {application.pk} received at {application.status_since.isoformat()}",
    )


def tell_committee(call: Call) -> None:
    """Tell each member of the committee that the call is closed and what there is to read."""
    number = call.applications.handed_in().count()
    for member in call.committee.filter(is_active=True):
        outbox.tell(
            member,
            "call_closed",
            format_lazy(_("Applications to read: {call}"), call=call.title),
            format_lazy(_("The call is closed. Applications handed in: {number}."), number=number),
            link=reverse("clusters:applications", args=[call.slug]),
            key=f"call {call.pk} closed, to {member.pk}",
        )


def _tell_members(
    organisation: Organisation, subject: StrOrPromise, text: StrOrPromise, note: StrOrPromise = ""
) -> None:
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
