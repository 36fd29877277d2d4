"""Addresses of reminders, copies, questions, substitutes and handovers."""

from django.urls import path

from approvals import desk_views, leave_views, question_views

urlpatterns = [
    path("projects/<ref:ref>/urge/", desk_views.urge, name="urge"),
    path("projects/<ref:ref>/copy/", desk_views.copy, name="copy"),
    path("projects/<ref:ref>/questions/new/", question_views.ask, name="ask"),
    path("projects/<ref:ref>/questions/<int:pk>/", question_views.question, name="question"),
    path("projects/<ref:ref>/questions/<int:pk>/withdraw/", question_views.withdraw_question, name="withdraw_question"),
    path("cases/stuck/", desk_views.stuck, name="stuck"),
    path("me/substitution/", leave_views.substitution, name="substitution"),
    path("me/substitution/<int:pk>/end/", leave_views.end_substitution, name="end_substitution"),
    path("me/substitutions/", leave_views.substitutions, name="substitutions"),
    path("me/substitutions/<int:pk>/", leave_views.substitution_of, name="substitution_of"),
    path("me/handover/", leave_views.handover, name="handover"),
    path("me/handover/<int:pk>/", leave_views.handover_of, name="handover_of"),
]
