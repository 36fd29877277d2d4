"""Existing systems, capability taxonomy, unified-build and negative lists."""
