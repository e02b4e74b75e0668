"""Applying to a call for experts."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from clusters.models import Call, CallApplication, User
from clusters.transitions import call_applications as transitions
from extratex.documents import store

CV = "call_cv"


@transaction.atomic
def application_of(user: User, call: Call) -> tuple[CallApplication, bool]:
    """Return the person's application to a call, locked, and whether it was only begun now."""
    application, created = CallApplication.objects.select_for_update().get_or_create(call=call, applicant=user)
    if created:
        transitions.CALL_APPLICATION.begin(application, actor=user)
    return application, created


def attach_cv(application: CallApplication, upload: "UploadedFile[Any]", *, by: User) -> None:
    """Take a CV into quarantine and tie it to the application; raises ValidationError in words for the person."""
    application.cv = store.receive(upload, kind=CV, by=by)
    application.save(update_fields=["cv"])
