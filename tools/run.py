"""`make run`: from a fresh checkout to a served demo city, and on later starts straight to serving."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import environment

ROOT = environment.ROOT
VAR = ROOT / "var"
STAMP = VAR / "prepared.txt"
HOST = "127.0.0.1"
APPS = ("accounts", "approvals", "config", "notifications", "planning", "portfolio", "projects", "standards")
# Who to be, in the order in which a proposal meets them.
ACCOUNTS = (
    ("applicant", "需求处室 · files proposals for a department"),
    ("applicant2", "另一单位 · the same, in another department"),
    ("endorser", "申报单位负责人 · endorses them"),
    ("intake", "受理岗 · checks completeness"),
    ("planner", "规划评审 · reviews planning"),
    ("requirements", "需求评审 · reviews requirements"),
    ("standards", "标准评审 · reviews standards"),
    ("manager", "统筹经理 · settles duplicate warnings"),
    ("expert1 expert2 expert3 expert4 expert5", "专家 · expert panel"),
    ("expert9", "受邀专家 · invited from outside the panel"),
    ("approver", "审批人 · decides"),
    ("finance", "财政 · funding"),
    ("steward", "台账管理 · keeps the portfolio"),
    ("auditor", "审计管理员 · reads the history"),
    ("secadmin", "安全管理员 · gives roles"),
    ("sysadmin", "系统管理员 · keeps accounts"),
)


def main() -> int:
    """Install, prepare, serve; returns the exit status of the server."""
    started = time.monotonic()
    sys.stdout.reconfigure(errors="replace")
    port = chosen_port()
    environment.ensure(environment.RUN)
    prepare()
    server = subprocess.Popen(manage("runserver", "--noreload", f"{HOST}:{port}"), cwd=ROOT)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.terminate())
    if wait_until_served(server, port):
        announce(port, time.monotonic() - started)
    status = server.wait()
    return 0 if status in (0, -signal.SIGTERM, -signal.SIGINT) else status


def chosen_port() -> int:
    """The port to serve on (`PORT`, 8000); ends the program with advice when it is taken or not a port."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT={text} is not a port number.")
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            sys.exit(f"Cannot serve on {HOST}:{text} ({error.strerror}). Try another one: make run PORT=8010")
    return int(text)


def prepare() -> None:
    """Migrate and load the demo city, unless nothing that decides their outcome changed since the last time."""
    wanted = fingerprint()
    if wanted and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    VAR.mkdir(exist_ok=True)
    STAMP.unlink(missing_ok=True)
    step("Preparing the database …", "migrate", "--verbosity", "0")
    if is_demonstration():
        step("Loading the demo city …", "demo")
    STAMP.write_text(fingerprint(), encoding="utf-8")


def step(said: str, *command: str) -> None:
    """Run one management command; ends the program with its status when it fails."""
    print(said, flush=True)
    done = subprocess.run(manage(*command), cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def fingerprint() -> str:
    """A hash of the code and data behind migrations, triggers and demo; empty when it could not vouch for the database.

    Migrations alone would not do: triggers and the edge table are made anew from the workflow table after each migrate.
    """
    database = VAR / "tongchou.sqlite3"
    if os.environ.get("DATABASE_URL") or not database.is_file():
        return ""
    settings = database.stat().st_ino, os.environ.get("DEMO_PASSWORD"), is_demonstration()
    digest = hashlib.sha256(repr(settings).encode())
    for path in sorted(path for app in (*APPS, "duplicates") for path in (ROOT / app).rglob("*") if decides(path)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def decides(path: Path) -> bool:
    """Whether a file can change what migrate or demo leave in the database."""
    return path.suffix in {".py", ".sql", ".json", ".jsonl", ".csv", ".toml"} and path.is_file()


def is_demonstration() -> bool:
    """Whether the settings let the demo city in: neither the production profile nor DEBUG off (see config/env.py)."""
    is_off = os.environ.get("DEBUG", "").strip().lower() in {"0", "false", "no", "off"}
    return not is_off and os.environ.get("PROFILE", "").strip() != "production"


def manage(*arguments: str) -> list[str]:
    """The command line of a management command under `.venv`."""
    return [str(environment.PYTHON), "manage.py", *arguments]


def wait_until_served(server: subprocess.Popen, port: int) -> bool:
    """Wait for the first answer; False when the server ended instead (it has then said why)."""
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5).close()
            return True
        except urllib.error.HTTPError:
            return True  # it answers: what is wrong, its own pages say
        except OSError:
            time.sleep(0.1)
    return False


def announce(port: int, seconds: float) -> None:
    """Print where to look and whom to be."""
    print(f"\n  统筹 Tongchou  http://{HOST}:{port}/   ready in {seconds:.1f} s, stop with Ctrl+C\n")
    if is_demonstration():
        shown = "as set in DEMO_PASSWORD" if os.environ.get("DEMO_PASSWORD") else "tongchou-demo"
        print(f"  Demo accounts 演示账号 (password 密码: {shown})")
        for name, purpose in ACCOUNTS:
            print(f"    {name:<24} {purpose}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
