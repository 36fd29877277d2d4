"""Addresses of reviews, correction notices, the printed form and the case file."""

from django.urls import path

from approvals import paper_views, review_views

urlpatterns = [
    path("projects/<ref:ref>/reviews/<int:pk>/", review_views.review, name="review"),
    path("projects/<ref:ref>/reviews/<int:pk>/<str:action>/", review_views.review_step, name="review_step"),
    path("projects/<ref:ref>/notices/<int:number>/", review_views.notice, name="notice"),
    path("projects/<ref:ref>/print/", paper_views.print_form, name="print"),
    path("projects/<ref:ref>/case-file/", paper_views.case_file, name="case_file"),
]
