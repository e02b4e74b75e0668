"""How allauth writes to people: through the outbox, like everything else."""

from typing import Any, ClassVar
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.utils.translation import gettext_lazy as _

from extratex.notices import outbox
from extratex.notices.models import ACCOUNT


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Puts the mails of accounts, second factors and passkeys into the outbox; no request waits for a mail server."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This address and this password do not belong together. Look at both again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail down, for known and unknown addresses alike, so that the time it takes betrays nothing."""
        about = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        mail = self.render_mail(template_prefix, email, about)
        outbox.write_to(email, kind=ACCOUNT, subject=mail.subject, text=mail.body, key=f"{ACCOUNT} {uuid4()}")
