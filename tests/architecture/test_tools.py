"""The scripts behind make: what they install, when they skip the work, how they count."""

import importlib.util
import sys

import pytest

from config.context import DEMO_USERNAMES
from tests.architecture.tree import ROOT


@pytest.fixture
def tool(monkeypatch):
    """A loader of one script of tools/, as if it were started."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))

    def load(name: str):
        spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / "tools" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def checkout(tool, tmp_path, monkeypatch):
    """The environment script over an empty checkout, with a pip and a venv that only write down what was asked."""
    environment = tool("environment")
    for name in ("requirements.txt", "requirements/production.txt", "requirements/dev.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    asked = []

    def make_venv():
        environment.PYTHON.parent.mkdir(parents=True)
        environment.PYTHON.touch()
        asked.append("venv")

    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "installed.json")
    monkeypatch.setattr(environment, "RUN", tmp_path / "requirements.txt")
    monkeypatch.setattr(environment, "DEV", tmp_path / "requirements" / "dev.txt")
    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "pip", lambda *words, **_: asked.append(words[-1].rsplit("/", 1)[-1]))
    environment.asked = asked
    return environment


def test_environment_is_made_once(checkout):
    checkout.ensure(checkout.RUN)
    assert checkout.asked == ["venv", "pip", "requirements.txt"]
    checkout.ensure(checkout.RUN)
    assert len(checkout.asked) == 3


def test_environment_of_developers_covers_that_of_users(checkout):
    checkout.ensure(checkout.DEV)
    checkout.ensure(checkout.RUN)
    assert checkout.asked == ["venv", "pip", "dev.txt"]


def test_changed_pin_is_installed(checkout):
    checkout.ensure(checkout.DEV)
    checkout.RUN.write_text("Django==5.2.20\n", encoding="utf-8")
    checkout.ensure(checkout.RUN)
    checkout.ensure(checkout.DEV)
    assert checkout.asked == ["venv", "pip", "dev.txt", "pip", "requirements.txt", "pip", "dev.txt"]


def test_environment_left_half_made_is_filled(checkout):
    checkout.make_venv()
    checkout.ensure(checkout.RUN)
    assert checkout.asked == ["venv", "pip", "requirements.txt"]


def test_vanished_interpreter_is_replaced(checkout):
    checkout.ensure(checkout.RUN)
    checkout.PYTHON.unlink()
    checkout.PYTHON.parent.rmdir()
    checkout.ensure(checkout.RUN)
    assert checkout.asked == ["venv", "pip", "requirements.txt"] * 2


def test_database_is_prepared_again_when_the_code_behind_it_changes(tool, tmp_path, monkeypatch):
    run = tool("run")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VAR", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert run.fingerprint() == ""  # no database yet
    (tmp_path / "tongchou.sqlite3").touch()
    (tmp_path / "approvals").mkdir()
    (tmp_path / "approvals" / "workflow.py").write_text("ROWS = 1", encoding="utf-8")
    before = run.fingerprint()
    assert before
    assert run.fingerprint() == before
    (tmp_path / "approvals" / "workflow.py").write_text("ROWS = 2", encoding="utf-8")
    assert run.fingerprint() not in {"", before}
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    assert run.fingerprint() == ""


@pytest.mark.parametrize("port", ["", "0", "http", "70000"])
def test_port_is_checked(tool, monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    run = tool("run")
    if not port:
        monkeypatch.setattr(run, "HOST", "127.0.0.1")
        monkeypatch.setattr(run.socket.socket, "bind", lambda *_: None)
        assert run.chosen_port() == 8000
        return
    with pytest.raises(SystemExit, match="not a port number"):
        run.chosen_port()


JUNIT = '<testsuites><testsuite tests="10" failures="{failures}" errors="{errors}" skipped="2"/></testsuites>'


@pytest.mark.parametrize(
    ("failures", "errors", "broken", "status", "line"),
    [
        (0, 0, False, 0, "8 passed, 0 failed, 2 skipped"),
        (1, 1, True, 1, "6 passed, 2 failed, 2 skipped"),
        (0, 0, True, 1, "8 passed, 1 failed, 2 skipped"),
    ],
)
def test_results_add_up(tool, tmp_path, capsys, failures, errors, broken, status, line):
    test = tool("test")
    (tmp_path / "x.xml").write_text(JUNIT.format(failures=failures, errors=errors), encoding="utf-8")
    tally = test.Tally(broken=broken, absent=["SKIPPED: redis (no server at 127.0.0.1:6379)"])
    test.add(tmp_path / "x.xml", tally)
    assert test.report(tally, 1.0) == status
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == line
    assert "SKIPPED: redis (no server at 127.0.0.1:6379)" in said


def test_no_test_at_all_is_a_failure(tool):
    test = tool("test")
    assert test.report(test.Tally(), 0.0) == 1


def test_absent_services_are_named(tool, monkeypatch):
    test = tool("test")
    for name in ("postgresql", "redis", "chromium"):
        monkeypatch.setattr(test.services, name, lambda: "")
    missing = {family.name: family.missing for family in test.families()}
    assert all(missing[name] for name in ("postgresql", "redis", "browser"))
    assert not missing["sqlite"]
    assert not missing["slow"]


def test_settings_of_a_site_do_not_reach_the_tests(tool, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/x")
    monkeypatch.setenv("DEBUG", "off")
    test = tool("test")
    assert test.surroundings({}).keys().isdisjoint({"DATABASE_URL", "DEBUG"})
    assert test.surroundings({"DATABASE_URL": "postgresql://test/x"})["DATABASE_URL"] == "postgresql://test/x"


def test_accounts_announced_are_those_of_the_demo(tool):
    named = [name for names, _purpose in tool("run").ACCOUNTS for name in names.split()]
    assert sorted(named) == sorted(DEMO_USERNAMES)
