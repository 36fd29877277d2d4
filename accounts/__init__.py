"""Departments, users, role assignments and the permission table."""
