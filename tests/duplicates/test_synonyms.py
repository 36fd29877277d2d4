"""A city's own synonym groups, and the encoder that a site runs itself."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from duplicates import Engine, ScreeningError, lexicon
from duplicates.encoders import RemoteEncoder
from tests.duplicates.cases import make_proposal, make_system, town

OWN = ("object", ("穿梭巴士", "接驳小蓝"), "town office 2026")


@pytest.fixture(autouse=True)
def shipped_words():
    yield
    lexicon.adopt([])


def score():
    engine = Engine([*town(), make_system("S90", "接驳小蓝平台", "接驳小蓝路线查询")], encoder="lexical")
    found = engine.screen(make_proposal("P1", "穿梭巴士", "穿梭巴士线路查询"))
    return max((item.score for item in found.findings if item.system == "S90"), default=0.0)


def test_adopted_group_makes_two_names_one_and_can_be_taken_back():
    before, stamp = score(), lexicon.stamp()
    assert lexicon.adopt([OWN]) != stamp
    assert score() > before + 0.2
    assert lexicon.adopt([]) == stamp
    assert score() == before


def test_adopted_group_widens_the_shipped_group_it_shares_a_word_with():
    count = len(lexicon.groups())
    lexicon.adopt([("object", ("校车", "学童接送车"), "town office")])
    assert len(lexicon.groups()) == count
    assert any({"校车", "学童接送车"} <= set(group.members) for group in lexicon.groups())


def test_shipped_groups_are_many_and_each_names_its_source():
    groups = lexicon.groups()
    assert len(groups) >= 300
    assert all(group.source and group.kind in lexicon.KINDS for group in groups)


@pytest.mark.parametrize("row", [("thing", ("a", "b"), ""), ("object", (), ""), ("object", (" ",), "")])
def test_group_without_kind_or_words_is_refused(row):
    with pytest.raises(ScreeningError):
        lexicon.adopt([row])


def test_command_takes_a_file_of_groups_and_names_a_bad_line(tmp_path):
    systems, proposals, groups = (tmp_path / name for name in ("s.jsonl", "p.jsonl", "g.tsv"))
    row = {"code": "S1", "name": "甲", "capabilities": [{"code": "C1", "text": "接驳小蓝路线查询"}]}
    systems.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    asked = {"code": "P1", "title": "乙", "capabilities": [{"code": "C2", "text": "穿梭巴士线路查询", "budget": 1}]}
    proposals.write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "duplicates", "screen", "--systems", str(systems), "--proposals", str(proposals),
               "--encoder", "lexical", "--top", "5"]  # fmt: skip

    def run(*more):
        return subprocess.run([*command, *more], capture_output=True, text=True, cwd=Path(__file__).parents[2])

    def found(answer):
        return [json.loads(line)["score"] for line in answer.stdout.splitlines() if '"finding"' in line]

    groups.write_text("object\t穿梭巴士|接驳小蓝\ttown office\n", encoding="utf-8")
    assert max(found(run("--synonyms", str(groups)))) > max(found(run()))
    groups.write_text("# a comment\nthing\t甲|乙\tx\n", encoding="utf-8")
    refused = run("--synonyms", str(groups))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "g.tsv: synonyms line 2" in refused.stderr


# --- a model server of the site's own -------------------------------------------------------------------------------


class Server(BaseHTTPRequestHandler):
    """Answers as an embeddings server does: rows may come in any order, and only the index tells which is which."""

    broken = False

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [
            {"index": number, "embedding": [float(len(text)), float("校车" in text), 1.0]}
            for number, text in enumerate(asked["input"])
        ]
        body = {"oops": 1} if self.broken else {"data": rows[::-1], "model": asked["model"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    Server.broken = False


def test_remote_encoder_keeps_the_order_of_the_texts(address):
    found = RemoteEncoder(address, "city-embed").encode(["校车", "渣土车的事", *["甲" * n for n in range(1, 70)]])
    assert found.shape == (71, 3)
    assert found[0].tolist() == [2.0, 1.0, 1.0]
    assert np.array_equal(found[2:, 0], np.arange(1, 70))


def test_engine_runs_with_a_remote_encoder_and_degrades_without_it(address):
    assert Engine(town(), encoder=RemoteEncoder(address, "city-embed")).record.encoder == "remote:city-embed"
    Server.broken = True
    record = Engine(town(), encoder=RemoteEncoder(address, "city-embed")).record
    assert (record.encoder, "without embeddings" in (record.degraded_reason or "")) == ("lexical", True)
    nobody = Engine(town(), encoder=RemoteEncoder("http://127.0.0.1:9/v1", "city-embed", timeout=1)).record
    assert (nobody.encoder, bool(nobody.degraded_reason)) == ("lexical", True)


def test_address_that_is_none_is_refused():
    with pytest.raises(ValueError, match="starts with http"):
        RemoteEncoder("file:///etc/passwd", "x")
