"""The administration of exchanges: it shows, and changes nothing; what happens to a file happens by its moves."""

from django.contrib import admin

from clusters.admin import OnlyRead
from exchanges import models


@admin.register(models.Exchange)
class ExchangeAdmin(OnlyRead):
    """Files, with the sum that was frozen."""

    list_display = ("number", "visitor", "host", "partnership", "mode", "status", "lump_sum")
    list_filter = ("status", "mode", "partnership")
    list_select_related = ("visitor", "host", "partnership")
    search_fields = ("visitor__legal_name", "host__legal_name")


@admin.register(models.Agreement)
class AgreementAdmin(OnlyRead):
    """Versions of papers; their texts and documents are read on the pages of the file."""

    list_display = ("exchange", "kind", "version", "amount", "issued_at", "superseded_at", "content_hash")
    list_filter = ("kind",)
    list_select_related = ("exchange__visitor", "exchange__host")
    exclude = ("text",)


@admin.register(models.Signature)
class SignatureAdmin(OnlyRead):
    """The ledger of signatures."""

    list_display = ("agreement", "party", "name", "signed_at", "content_hash")
    list_select_related = ("agreement",)


@admin.register(models.Approval)
class ApprovalAdmin(OnlyRead):
    """Who approved for which side."""

    list_display = ("exchange", "side", "person", "approved_at")
    list_select_related = ("exchange__visitor", "exchange__host", "person")


@admin.register(models.ExchangeEvent)
class ExchangeEventAdmin(OnlyRead):
    """What happened, as it was written."""

    list_display = ("subject", "move", "source", "target", "actor", "at")
    list_filter = ("move",)
    list_select_related = ("subject__visitor", "subject__host", "actor")
