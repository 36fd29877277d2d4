"""The virtual environment of this checkout: made and filled when missing or out of date, otherwise left alone.

Runs on the system's Python with nothing but the standard library, because it is what installs everything else.
As a program it hands its words to the Python of `.venv`: `python3 tools/environment.py -m duplicates.fit`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.json"
RUN = ROOT / "requirements.txt"
DEV = ROOT / "requirements" / "dev.txt"
OLDEST = (3, 11)


def ensure(wanted: Path) -> None:
    """Make `.venv` hold exactly what `wanted` pins; costs two file reads when it already does."""
    use_a_recent_python()
    stamp = read_stamp()
    if stamp.get(str(wanted.relative_to(ROOT))) == fingerprint(wanted):
        return
    if not works(PYTHON):
        make_venv()
    print(f"Installing {wanted.relative_to(ROOT)} into .venv …", flush=True)
    pip("install", "-qq", "--upgrade", "pip", may_fail=True)  # a current pip saves ten seconds on the next line
    # Byte code is made on first import anyway; not making it for every installed file saves seconds here.
    pip("install", "-qq", "--no-compile", "-r", str(wanted))
    for path in included(wanted):
        stamp[str(path.relative_to(ROOT))] = fingerprint(path)
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def use_a_recent_python() -> None:
    """Go on under a newer interpreter when `python3` is an old one, or say which is needed."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, *sys.argv])
    sys.exit("Python 3.11 or newer is needed; `python3` here is {}.{}.".format(*sys.version_info))


def included(path: Path) -> list[Path]:
    """`path` and every requirements file it includes with `-r`."""
    found = [path]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += included((path.parent / line[3:].strip()).resolve())
    return found


def fingerprint(path: Path) -> str:
    """A hash of everything that decides what gets installed: the pins, those they include, and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in included(path):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """What was last installed in full; nothing if `.venv` is missing, broken or was left half made."""
    if not works(PYTHON):
        return {}
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def works(python: Path) -> bool:
    """Whether the interpreter is there and not a link to one that was removed."""
    return python.exists()


def make_venv() -> None:
    """Create `.venv` from scratch."""
    print(f"Creating .venv with Python {sys.version.split()[0]} …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        sys.exit("`python3 -m venv` failed; on Debian and Ubuntu: apt-get install python3-venv")


def pip(*arguments: str, may_fail: bool = False) -> None:
    """Run pip of `.venv`; ends the program when it fails, unless `may_fail`."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, check=False)
    if done.returncode and not may_fail:
        sys.exit("pip could not install the requirements; see its message above.")


if __name__ == "__main__":
    ensure(DEV)
    os.execv(PYTHON, [str(PYTHON), *sys.argv[1:]])
