"""Addresses of one case's panel of experts and of questions to outside experts."""

from django.urls import path

from approvals import panel_views as views

urlpatterns = [
    path("projects/<ref:ref>/draws/<int:number>/", views.draw, name="draw"),
    path("projects/<ref:ref>/seats/<int:pk>/declaration/", views.declare_interest, name="declare_interest"),
    path("projects/<ref:ref>/seats/<int:pk>/points/", views.score, name="score"),
    path("projects/<ref:ref>/invitations/new/", views.invite, name="invite"),
    path("projects/<ref:ref>/invitations/<int:pk>/", views.invitation, name="invitation"),
    path("projects/<ref:ref>/invitations/<int:pk>/revoke/", views.revoke_invitation, name="revoke_invitation"),
]
