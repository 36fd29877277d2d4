"""Keeps an uploaded file between the dry run and the confirmation: under a random name, known only to one session."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

KEY = "portfolio_upload"
# What nobody confirmed within a day is forgotten.
MAX_AGE_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that waits for its confirmation; `digest` says which content was looked at."""

    path: Path
    filename: str
    digest: str

    def read(self) -> bytes:
        """The bytes of the file."""
        return self.path.read_bytes()


def keep(session: SessionBase, filename: str, data: bytes, key: str = KEY) -> None:
    """Keep a file for this session in place of an earlier one of the same kind (`key`)."""
    forget(session, key)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    name = secrets.token_hex(16)
    (folder / name).write_bytes(data)
    # The name is only shown and its ending read; the path never depends on it.
    shown = "".join(char for char in PurePath(filename.replace("\\", "/")).name if char.isprintable())[-120:]
    session[key] = {"name": name, "filename": shown, "digest": hashlib.sha256(data).hexdigest()}


def kept(session: SessionBase, key: str = KEY) -> Upload | None:
    """The file that waits in this session, if it is still there."""
    noted = session.get(key)
    if not noted:
        return None
    upload = Upload(_folder() / noted["name"], noted["filename"], noted["digest"])
    return upload if upload.path.is_file() else None


def forget(session: SessionBase, key: str = KEY) -> None:
    """Delete the file that waits in this session."""
    noted = session.pop(key, None)
    if noted:
        (_folder() / noted["name"]).unlink(missing_ok=True)


def _folder() -> Path:
    # Beside the documents: that volume is shared by all hosts, so any of them can answer the confirmation.
    return Path(settings.MEDIA_ROOT) / "imports"


def _sweep(folder: Path) -> None:
    oldest = time.time() - MAX_AGE_S
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
