"""The command line: what it is made of, and what it says when it cannot run."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from bot.__main__ import cli
from bot.domain.lifecycle import Move
from bot.store import SQLite, Store, Transaction
from tests.unit.examples import a_decision, a_request

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-planted-token",
    "SLACK_SIGNING_SECRET": "planted-signing",
    "JDCLOUD_ACCESS_KEY": "planted-ak",
    "JDCLOUD_SECRET_KEY": "planted-sk",
    "APPROVAL_CHANNEL": "C0APPROVALS",
    "APPROVERS": "U0BEN",
}


def bot(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot …` with nothing but these settings."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    root = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=own | environ,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_command_says_what_it_does() -> None:
    """The help of the whole and of each command reads as a sentence."""
    for name, command in cli.commands.items():
        answer = CliRunner().invoke(cli, [name, "--help"])
        assert answer.exit_code == 0
        assert command.help
        assert command.help.rstrip().endswith((".", "needed."))


def test_mistakes_in_the_settings_are_listed_at_once() -> None:
    """Every mistake by the variable's name, in one list, exit code 2, and no secret in it."""
    ended = bot("run", SLACK_BOT_TOKEN="xoxp-wrong-kind", PORT="port")
    assert ended.returncode == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "JDCLOUD_SECRET_KEY", "APPROVERS", "PORT"):
        assert name in ended.stderr
    assert "xoxp-wrong-kind" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """One clear sentence and exit code 1; no trace of the program, and no secret."""
    file = tmp_path / "not-a-database.db"
    file.write_text("this is a letter to my aunt, and rather a long one, as letters to aunts should be" * 20)
    ended = bot("run", **REQUIRED, DATABASE_URL=f"sqlite:///{file}")
    assert ended.returncode == 1
    assert "not a database" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "planted" not in ended.stderr + ended.stdout


def test_a_backup(tmp_path: Path) -> None:
    """A copy in a new file, which can be opened; a file that is there is not replaced."""
    database, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    environ = REQUIRED | {"DATABASE_URL": f"sqlite:///{database}"}
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("CREATE TABLE kept AS SELECT 'this' AS word")
    done = bot("backup", str(copy), **environ)
    assert (done.returncode, done.stdout.strip()) == (0, f"The backup is in {copy}.")
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT word FROM kept").fetchall() == [("this",)]
    again = bot("backup", str(copy), **environ)
    assert again.returncode == 1
    assert "replaces nothing" in again.stderr
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_disk_that_will_be_lost(tmp_path: Path) -> None:
    """SQLite is refused where the platform says so, with the two ways out."""
    environ = REQUIRED | {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "DYNO": "web.1"}
    ended = bot("run", **environ)
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert "PostgreSQL" in ended.stderr
    assert "ALLOW_EPHEMERAL_SQLITE=true" in ended.stderr
    assert bot("backup", str(tmp_path / "copy.db"), **environ, ALLOW_EPHEMERAL_SQLITE="true").returncode == 0


def test_a_postgresql_that_is_not_there() -> None:
    """Why, where, and never the password."""
    ended = bot("run", **REQUIRED, DATABASE_URL="postgres://bot:hunter2@127.0.0.1:1/name?sslmode=require")
    assert ended.returncode == 1
    assert "127.0.0.1" in ended.stderr
    assert "refused" in ended.stderr
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr


async def fill(path: Path) -> None:
    """A database in which somebody asked for an image and it was approved."""
    store = Store(SQLite(path))
    await store.open()

    def work(tx: Transaction) -> None:
        tx.requests.add(a_request(), draft_id="draft-1", cards={})
        tx.requests.decide(a_request().id, replace(a_decision("U0BEN", plan_hash="0" * 64), reason="=1+1 \x1b[31m"))
        tx.requests.advance(a_request().id, Move.APPROVE, at=2_000.0, actor="U0BEN")

    await store.transact(work)
    await store.close()


async def test_audit_and_requests(tmp_path: Path) -> None:
    """What happened can be listed, filtered, exported and verified on the command line."""
    await fill(tmp_path / "bot.db")
    environ = REQUIRED | {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    listed = bot("audit", **environ).stdout.splitlines()
    assert [line.split()[3] for line in listed] == ["request", "decide.approve", "approve"]
    assert "\x1b" not in "".join(listed)
    assert len(bot("audit", "--actor", "U0BEN", **environ).stdout.splitlines()) == 2
    assert len(bot("audit", "--request", a_request().id.lower(), **environ).stdout.splitlines()) == 3
    assert bot("audit", "--since", "7d", **environ).stdout == ""
    wrong = bot("audit", "--since", "yesterday", **environ)
    assert (wrong.returncode, "expected 7d" in wrong.stderr) == (2, True)
    rows = list(csv.DictReader(io.StringIO(bot("audit", "--format", "csv", **environ).stdout)))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    lines = bot("audit", "--format", "jsonl", **environ).stdout.splitlines()
    assert json.loads(lines[1])["detail"]["reason"].startswith("=1+1")
    requests = bot("requests", "--state", "approved", **environ).stdout
    assert a_request().id in requests
    assert bot("requests", "--state", "ready", **environ).stdout == ""
    verified = bot("audit", "verify", **environ)
    assert (verified.returncode, verified.stdout.splitlines()[0]) == (0, "All 3 events are as they were written.")
    with closing(sqlite3.connect(tmp_path / "bot.db")) as file, file:
        file.execute("UPDATE event SET actor = 'U0EVE' WHERE number = 2")
    broken = bot("audit", "verify", **environ)
    assert (broken.returncode, "event 2" in broken.stdout) == (1, True)


def test_migrate(tmp_path: Path) -> None:
    """The release phase makes the schema; what only reads it does not, and says so."""
    environ = REQUIRED | {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    early = bot("requests", **environ)
    assert (early.returncode, "python -m bot migrate" in early.stderr) == (1, True)
    assert bot("migrate", **environ).returncode == 0
    assert bot("migrate", **environ).returncode == 0
    assert bot("requests", **environ).returncode == 0
