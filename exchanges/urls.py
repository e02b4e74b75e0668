"""The addresses of this app: the file of an exchange and its building; reports and money; home and desk."""

from django.urls import URLPattern, URLResolver, include, path

from exchanges.views import (
    building,
    calculator,
    claims,
    cockpit,
    desk,
    files,
    home,
    payments,
    reporting,
    reports,
    signing,
)

file_pages: list[URLPattern | URLResolver] = [
    path("exchanges/", files.exchange_list, name="list"),
    path("exchanges/<int:pk>/", files.detail, name="detail"),
    path("exchanges/<int:pk>/move/", files.make_move, name="move"),
    path("exchanges/<int:pk>/dates/", building.dates, name="dates"),
    path("exchanges/<int:pk>/objectives/", building.objectives, name="objectives"),
    path("exchanges/<int:pk>/agenda/", building.agenda, name="agenda"),
    path("exchanges/<int:pk>/commitment/", signing.commitment, name="commitment"),
    path("exchanges/<int:pk>/approval/", signing.approval, name="approval"),
    path("exchanges/<int:pk>/account/", signing.account, name="account"),
    path("exchanges/<int:pk>/financial-agreement/", signing.financial_agreement, name="financial_agreement"),
]

money_pages: list[URLPattern | URLResolver] = [
    path("exchanges/<int:pk>/report/", reporting.report, name="report"),
    path("exchanges/<int:pk>/report/submit/", reporting.submit_report, name="submit_report"),
    path("exchanges/<int:pk>/evidence/", reporting.evidence, name="evidence"),
    path("exchanges/<int:pk>/evidence/<int:evidence_pk>/remove/", reporting.remove_evidence, name="remove_evidence"),
    path("exchanges/<int:pk>/check/", reporting.check, name="check"),
    path("exchanges/<int:pk>/claim/", claims.make_claim, name="claim"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/<int:pk>/", claims.claim, name="claim_detail"),
    path("claims/<int:pk>/decision/", claims.decide, name="decide_claim"),
    path("payments/", payments.payment_list, name="payments"),
    path("payments/<int:pk>/", payments.payment_file, name="payment_file"),
    path("payments/<int:pk>/move/", payments.move_payment_file, name="move_payment_file"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("reports/exchanges.xlsx", reports.exchanges_xlsx, name="export_xlsx"),
    path("reports/exchanges.csv", reports.exchanges_csv, name="export_csv"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("eligibility/", calculator.eligibility, name="eligibility"),
    path("lump-sums/", calculator.lump_sums, name="lump_sums"),
    path("desk/", desk.desk, name="desk"),
    path("", include((file_pages + money_pages, "exchanges"))),
]
