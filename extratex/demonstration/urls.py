"""The addresses of the demonstration; extratex.urls includes them only where it is switched on."""

from django.urls import path

from extratex.demonstration import views

app_name = "demonstration"

urlpatterns = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("clock/", views.move_clock, name="clock"),
]
