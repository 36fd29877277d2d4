"""Proposals - the facts - sections, capabilities, budget, documents, versions, findings."""
