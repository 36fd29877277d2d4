"""Decisions - the workflow table, the door, reviews, deadlines and the audit chain."""
