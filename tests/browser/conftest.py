"""Chromium, a server of its own, and people who sign in through the sign-in page."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.browser.serve import PASSWORD
from tests.browser.watching import DESKTOP, Window

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds for building the city on a busy machine
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The Chromium of this machine; without one these tests are skipped, and say so."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    if not path:
        pytest.skip("no Chromium found: install one or name it in CHROMIUM")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def site(browser_type_launch_args, tmp_path_factory):
    """The address of a running server with its own copy of the city, and the keys of its pages."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(_city(tmp_path_factory), folder, dirs_exist_ok=True)
    server = _start(folder)
    line = server.stdout.readline()
    assert line, (folder / "errors.txt").read_text()
    yield SimpleNamespace(**json.loads(line), folder=str(folder))
    server.terminate()
    server.wait()
    server.stdout.close()


def _city(tmp_path_factory) -> Path:
    """The folder of the city, built once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "city"
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        server = _start(folder, "build")
        code = server.wait()
        server.stdout.close()
        (folder / ("ready" if code == 0 else "failed")).touch()
    until = time.monotonic() + PATIENCE
    while not (folder / "ready").exists():
        assert not (folder / "failed").exists(), (folder / "errors.txt").read_text()
        assert time.monotonic() < until, "the city takes too long"
        time.sleep(0.5)
    return folder


def _start(folder: Path, *words: str) -> subprocess.Popen:
    site = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "DEMO_PASSWORD"}
    environment = {name: value for name, value in os.environ.items() if name not in site}
    command = [sys.executable, "-m", "tests.browser.serve", str(folder), *words]
    with (folder / "errors.txt").open("w") as errors:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)


@pytest.fixture(scope="session")
def signed_in(browser, site):
    """The cookies of a person who has signed in through the form, once in a run."""
    known: dict[str, dict] = {}

    def state(name: str) -> dict:
        if name not in known:
            window = Window(browser, site.address)
            page = window.open("/accounts/login/")
            page.fill("input[name=login]", name)
            page.fill("input[name=password]", PASSWORD)
            window.press("main button[type=submit], main form button:not([name])")
            assert page.url == f"{site.address}/", page.inner_text("main")
            known[name] = window.context.storage_state()
            window.close()
            assert window.complaints == []
        return known[name]

    return state


MOST_KEPT = 4  # windows of a worker that stay open between tests


@pytest.fixture(scope="session")
def kept():
    """Windows that stay open, by person and language."""
    windows: OrderedDict[tuple[str, str], Window] = OrderedDict()
    yield windows
    for window in windows.values():
        window.close()


@pytest.fixture
def kept_desk(browser, site, signed_in, kept):
    """A window of a person that one test after the other looks through; none of them may make it complain."""
    used: list[Window] = []

    def window(name: str, language: str) -> Window:
        key = (name, language)
        if key not in kept:
            kept[key] = Window(browser, site.address, language, signed_in(name) if name else None)
        kept.move_to_end(key)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)[1].close()
        used.append(kept[key])
        used[-1].page.set_viewport_size(DESKTOP)
        return used[-1]

    yield window
    complaints = [complaint for window in used for complaint in window.complaints]
    for window in used:
        window.complaints.clear()
    assert complaints == []


@pytest.fixture
def desk(browser, site, signed_in):
    """Open a window for a person ("" for nobody); at the end of the test no window may have complained."""
    windows: list[Window] = []

    def window(name: str = "", language: str = "zh", **more) -> Window:
        state = signed_in(name) if name else None
        windows.append(Window(browser, site.address, language, state, **more))
        return windows[-1]

    yield window
    complaints = [complaint for window in windows for complaint in window.complaints]
    for window in windows:
        window.close()
    assert complaints == []
