"""Addresses of reviews, correction notices, the printed form and the case file."""

from django.urls import path

from approvals import difference_views, notice_views, paper_views, review_views

urlpatterns = [
    path("projects/<ref:ref>/reviews/<int:pk>/", review_views.review, name="review"),
    path("projects/<ref:ref>/reviews/<int:pk>/<str:action>/", review_views.review_step, name="review_step"),
    path("projects/<ref:ref>/notices/<int:number>/", notice_views.notice, name="notice"),
    path("projects/<ref:ref>/notices/<int:number>/lines/<int:pk>/", notice_views.close_line, name="close_line"),
    path("projects/<ref:ref>/notice-lines/", notice_views.notice_lines, name="notice_lines"),
    path("projects/<ref:ref>/steps/<slug:action>/notice/", notice_views.notice_preview, name="notice_preview"),
    path("projects/<ref:ref>/differences/", difference_views.differences, name="differences"),
    path("projects/<ref:ref>/print/", paper_views.print_form, name="print"),
    path("projects/<ref:ref>/case-file/", paper_views.case_file, name="case_file"),
]
