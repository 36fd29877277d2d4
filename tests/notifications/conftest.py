"""A database that several threads and processes can share."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection, connections


@pytest.fixture
def shared_database(transactional_db, tmp_path):
    """Its URL. On SQLite a file copied from the test database, which lives in memory and knows one thread only."""
    if connection.vendor != "sqlite":
        settings = connection.settings_dict
        yield "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
        return
    path, memory, settings = tmp_path / "shared.sqlite3", connections["default"], connections.settings["default"]
    memory.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        memory.connection.backup(file)
    connections.settings["default"] = {**settings, "NAME": str(path)}
    connections["default"] = connections.create_connection("default")
    yield f"sqlite:///{path}"
    connections["default"].close()
    connections["default"], connections.settings["default"] = memory, settings
