"""The addresses of this app."""

from django.urls import path

from extratex.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.notice_list, name="list"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("<int:pk>/try-again/", views.try_again, name="try_again"),
]
