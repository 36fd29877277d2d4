"""Reads files of systems: from bytes of any of the accepted kinds to checked facts, and those into the registry."""
