"""Commits that do not wait for the disk: a killed process loses nothing that the operating system has."""

from typing import Any


def quick(options: dict[str, Any]) -> dict[str, Any]:
    """The OPTIONS of a database with the same transactions and locks, which a power cut alone would tell apart."""
    if "init_command" in options:
        return {**options, "init_command": options["init_command"].replace("synchronous=FULL", "synchronous=OFF")}
    return {**options, "options": f"{options.get('options', '')} -c synchronous_commit=off"}
