"""The numbers of the supply of hosts."""

from typing import Any

from django.db import migrations, models

NUMBERS = {"stale_host_days": 60, "host_invitation_days": 60}


def add_numbers(apps: Any, _schema_editor: Any) -> None:
    """Give a portal that is in use the two numbers; a new one loads them with the programme."""
    settings_of_rules = apps.get_model("clusters", "RuleSetting").objects
    first = settings_of_rules.order_by("valid_from").first()
    if first is None:
        return
    for name, value in NUMBERS.items():
        settings_of_rules.get_or_create(
            name=name, valid_from=first.valid_from, defaults={"value": value, "mark": "own"}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0019_rules_of_proposals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rulesetting",
            name="name",
            field=models.CharField(
                choices=[
                    ("minimum_working_days", "Minimum working days of a stay"),
                    ("maximum_months", "Longest stay in months"),
                    ("full_sum_working_days", "Working days from which the full sum is paid"),
                    ("full_sum_distance_km", "Kilometres from which the full sum is paid"),
                    ("lump_sum_ceiling_eur", "Highest lump sum in euro"),
                    ("open_proposals", "Open proposals a candidature may have at once"),
                    ("proposal_days", "Days until an unanswered proposal expires"),
                    ("proposal_reminder_days", "Days before its last day on which a proposal is recalled"),
                    ("thread_days", "Days in which one can still write about a closed proposal"),
                    (
                        "declined_capacity_days",
                        "Days until a pair is suggested again that was declined for want of capacity",
                    ),
                    ("payment_days", "Days from the end of the stay to the payment"),
                    ("validation_days", "Days in which a reference cluster validates"),
                    ("join_request_days", "Days until an unanswered request to join expires"),
                    ("join_again_days", "Days after a refusal until one may ask to join again"),
                    ("open_join_requests", "Open requests to join a person may have at once"),
                    ("join_requests_a_day", "Requests to join a person may make in 24 hours"),
                    ("invitation_days", "Days until an invitation expires"),
                    ("invitations_a_day", "Invitations a person may send in 24 hours"),
                    ("import_invitations_a_day", "Contacts of imports a person may invite in 24 hours"),
                    ("invitations_to_address_a_day", "Invitations that one address may get in 24 hours"),
                    ("validation_reminder_days", "Days until a reference cluster is reminded to validate"),
                    ("validation_escalation_days", "Days until the coordinator hears of a registration that waits"),
                    (
                        "interest_reminder_days",
                        "Days after which a candidature that nobody touches is asked whether it still holds",
                    ),
                    ("interest_answer_days", "Days after which a candidature that does not answer is dormant"),
                    ("stale_host_days", "Days after which a host that nobody has touched counts as stale"),
                    ("host_invitation_days", "Days until an organisation may be asked again to become a host"),
                ],
                max_length=40,
                verbose_name="rule",
            ),
        ),
        migrations.AlterField(
            model_name="rulesettinghistory",
            name="name",
            field=models.CharField(
                choices=[
                    ("minimum_working_days", "Minimum working days of a stay"),
                    ("maximum_months", "Longest stay in months"),
                    ("full_sum_working_days", "Working days from which the full sum is paid"),
                    ("full_sum_distance_km", "Kilometres from which the full sum is paid"),
                    ("lump_sum_ceiling_eur", "Highest lump sum in euro"),
                    ("open_proposals", "Open proposals a candidature may have at once"),
                    ("proposal_days", "Days until an unanswered proposal expires"),
                    ("proposal_reminder_days", "Days before its last day on which a proposal is recalled"),
                    ("thread_days", "Days in which one can still write about a closed proposal"),
                    (
                        "declined_capacity_days",
                        "Days until a pair is suggested again that was declined for want of capacity",
                    ),
                    ("payment_days", "Days from the end of the stay to the payment"),
                    ("validation_days", "Days in which a reference cluster validates"),
                    ("join_request_days", "Days until an unanswered request to join expires"),
                    ("join_again_days", "Days after a refusal until one may ask to join again"),
                    ("open_join_requests", "Open requests to join a person may have at once"),
                    ("join_requests_a_day", "Requests to join a person may make in 24 hours"),
                    ("invitation_days", "Days until an invitation expires"),
                    ("invitations_a_day", "Invitations a person may send in 24 hours"),
                    ("import_invitations_a_day", "Contacts of imports a person may invite in 24 hours"),
                    ("invitations_to_address_a_day", "Invitations that one address may get in 24 hours"),
                    ("validation_reminder_days", "Days until a reference cluster is reminded to validate"),
                    ("validation_escalation_days", "Days until the coordinator hears of a registration that waits"),
                    (
                        "interest_reminder_days",
                        "Days after which a candidature that nobody touches is asked whether it still holds",
                    ),
                    ("interest_answer_days", "Days after which a candidature that does not answer is dormant"),
                    ("stale_host_days", "Days after which a host that nobody has touched counts as stale"),
                    ("host_invitation_days", "Days until an organisation may be asked again to become a host"),
                ],
                max_length=40,
                verbose_name="rule",
            ),
        ),
        migrations.RunPython(add_numbers, migrations.RunPython.noop),
    ]
