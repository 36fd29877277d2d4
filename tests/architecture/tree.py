"""Where the product's code is, for the tests that read it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DJANGO_APPS = ("config", "notifications", "approvals", "projects", "planning", "portfolio", "standards", "accounts")
APPS = (*DJANGO_APPS, "duplicates")
