"""The addresses of this app."""

from django.urls import path

from extratex.documents import views

app_name = "documents"

urlpatterns = [
    path("<uuid:pk>/", views.download, name="download"),
    path("<uuid:pk>/check-again/", views.check_again, name="check_again"),
]
