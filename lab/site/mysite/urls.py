from django.urls import path

from mysite import views

urlpatterns = [
    path("", views.quick),
    path("wait", views.wait),
    path("cpu", views.cpu),
]
