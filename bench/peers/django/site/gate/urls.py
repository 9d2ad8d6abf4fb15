from django.urls import path

from gate.views import Check

urlpatterns = [path("check", Check.as_view())]
