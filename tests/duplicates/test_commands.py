"""The command line: design §9's formats, errors that name file, line and field, nothing written."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from duplicates.__main__ import main
from tests.duplicates.cases import NEEDED

SYSTEM = {"code": "S1", "name": "信访系统", "capabilities": [{"code": "S1-1", "text": "来信来访登记"}]}
PROPOSAL = {
    "code": "P1",
    "title": "信访项目",
    "capabilities": [{"code": "P1-1", "text": "来信来访登记", "budget": 10}],
    "budget_lines": [{"name": "开发", "amount": 10, "capability": "P1-1", "category": "software"}],
}


def write(path, *rows):
    path.write_text("".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def run_screen(tmp_path, systems, proposals, *options):
    out = tmp_path / "out.jsonl"
    one, two = write(tmp_path / "s.jsonl", *systems), write(tmp_path / "p.jsonl", *proposals)
    code = main(["screen", "--systems", one, "--proposals", two, "--encoder", "lexical", "--out", str(out), *options])
    return code, out


def test_screen_writes_findings_and_conclusions(tmp_path):
    code, out = run_screen(tmp_path, [SYSTEM], [PROPOSAL])
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 0
    finding = next(row for row in rows if row["kind"] == "finding")
    assert {"proposal", "capability", "system", "matched_capability", "relation", "score", "evidence", "money"} <= set(
        finding
    )
    last = rows[-1]
    needed = {"proposal", "band", "verdict", "coverage", "main_systems", "union", "insufficient", "excluded"}
    assert needed <= set(last)
    assert (last["kind"], last["verdict"], last["main_systems"]) == ("proposal", "duplicate", ["S1"])


def test_top_widens_the_list_without_moving_bands(tmp_path):
    systems = [SYSTEM, {"code": "S2", "name": "图书馆", "capabilities": [{"code": "S2-1", "text": "来访读者统计"}]}]
    _, out = run_screen(tmp_path, systems, [PROPOSAL])
    narrow = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    _, out = run_screen(tmp_path, systems, [PROPOSAL], "--top", "50", "--min-score", "0")
    wide = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(wide) > len(narrow)
    assert wide[-1] == narrow[-1]


BAD_SYSTEMS = [
    (['{"code": "S1", \n'], ":1: not JSON"),
    (["[]\n"], ":1: a line must be a JSON object"),
    ([SYSTEM, {"name": "x"}], ":2: code: missing"),
    ([SYSTEM, SYSTEM], ":2: code: S1 is given twice"),
    ([{**SYSTEM, "capabilities": [{"code": "a", "text": 5}]}], ":1: capabilities[0].text: must be text"),
    ([{**SYSTEM, "capabilities": {}}], ":1: capabilities: must be a list"),
    ([{**SYSTEM, "aliases": [1]}], ":1: aliases[0]: must be text"),
    ([], "no systems"),
]


@pytest.mark.parametrize(("rows", "message"), BAD_SYSTEMS)
def test_bad_systems_are_named_and_nothing_is_written(tmp_path, capsys, rows, message):
    code, out = run_screen(tmp_path, rows, [PROPOSAL])
    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert "s.jsonl" in error
    assert not out.exists()


BAD_PROPOSALS = [
    (
        {**PROPOSAL, "capabilities": [{"code": "a", "text": "x", "budget": "much"}]},
        "capabilities[0].budget: must be a number",
    ),
    ({**PROPOSAL, "capabilities": [{"code": "a", "text": "x", "budget": -1}]}, "capabilities[0].budget"),
    ({**PROPOSAL, "budget_lines": [{"name": "a", "amount": True}]}, "budget_lines[0].amount: must be a number"),
    ('{"code": "P1", "capabilities": [{"code": "a", "text": "x", "budget": NaN}]}\n', "NaN is not allowed"),
]


@pytest.mark.parametrize(("row", "message"), BAD_PROPOSALS)
def test_bad_proposals_are_named(tmp_path, capsys, row, message):
    code, out = run_screen(tmp_path, [SYSTEM], [row])
    assert code == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_file_that_is_not_utf8_is_named(tmp_path, capsys):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"code": "\xff"}\n')
    assert main(["screen", "--systems", str(path), "--proposals", str(path)]) == 2
    assert "s.jsonl:1: not UTF-8" in capsys.readouterr().err


def test_missing_file_is_named(tmp_path, capsys):
    assert main(["screen", "--systems", str(tmp_path / "none"), "--proposals", "x"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_truth_about_an_unknown_capability_is_named(tmp_path, capsys):
    one, two = write(tmp_path / "s.jsonl", SYSTEM), write(tmp_path / "p.jsonl", PROPOSAL)
    three = write(tmp_path / "t.jsonl", {"proposal": "P1", "capability": "P9-9", "matches": []})
    code = main(["evaluate", "--systems", one, "--proposals", two, "--truth", three, "--encoder", "lexical"])
    assert code == 2
    assert "t.jsonl:1: capability" in capsys.readouterr().err


def test_evaluate_prints_all_figures_as_json(capsys):
    systems, proposals, truth, verdicts = NEEDED
    paths = ["--systems", systems, "--proposals", proposals, "--truth", truth, "--verdicts", verdicts]
    assert main(["evaluate", *paths, "--encoder", "lexical", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert set(figures["pairs"]) >= {"f1", "precision", "recall", "ap"}
    assert set(figures["retrieval"]) >= {"r1", "r5", "r10"}
    assert {"accuracy", "confusion"} <= set(figures["verdicts"])
    assert set(figures["baselines"]) == {"name_similarity", "character_tfidf", "tag_jaccard"}
    assert set(figures["baselines"]["character_tfidf"]) >= {"pairs", "retrieval", "verdicts", "money_recall"}


def test_bench_prints_its_figures(capsys):
    assert main(["bench", "--capabilities", "400", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    needed = {"capabilities", "build_s", "memory_mb", "candidates_ms", "screening_ms", "hit20", "peers"}
    assert needed <= set(figures)
    assert figures["hit20"] >= 0.98
    assert set(figures["peers"]["sqlite_fts5"]) == {"retrieval_ms", "hit20"}


def test_output_is_the_same_in_every_process(tmp_path):
    one, two = write(tmp_path / "s.jsonl", SYSTEM), write(tmp_path / "p.jsonl", PROPOSAL)
    command = [
        sys.executable,
        "-m",
        "duplicates",
        "screen",
        "--systems",
        one,
        "--proposals",
        two,
        "--encoder",
        "lexical",
    ]
    outputs = set()
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PATH": "", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=sys.path[0] or None)
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_engine_imports_no_django():
    code = "import sys, duplicates, duplicates.__main__; assert not [m for m in sys.modules if m.startswith('django')]"
    subprocess.run([sys.executable, "-c", code], check=True)
