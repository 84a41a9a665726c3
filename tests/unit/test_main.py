"""The command line: what it is made of, and what it says when it cannot run."""

import asyncio
import csv
import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import cli
from bot.domain.lifecycle import Move
from bot.store import Event, SQLite, Store, Transaction
from tests.program import ROOT, bot
from tests.unit.examples import a_decision, a_request

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-planted-token",
    "SLACK_SIGNING_SECRET": "planted-signing",
    "JDCLOUD_ACCESS_KEY": "planted-ak",
    "JDCLOUD_SECRET_KEY": "planted-sk",
    "APPROVAL_CHANNEL": "C0APPROVALS",
    "APPROVERS": "U0BEN",
}


def from_the_shell(*arguments: str, encoding: str = "utf-8", **environ: str) -> subprocess.CompletedProcess[str]:
    """`python -m bot …` as everybody starts it, for what Python itself makes of words and consoles."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=own | environ,
        cwd=ROOT,
        capture_output=True,
        encoding=encoding,
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


def test_a_group_of_commands_says_what_is_in_it() -> None:
    """Where no command of it is given."""
    ended = bot("policy")
    assert ended.returncode == 2
    assert re.search(r"^  explain +Say which rule decides", ended.stdout + ended.stderr, re.MULTILINE)


def test_mistakes_in_the_settings_are_listed_at_once() -> None:
    """Every mistake by the variable's name, in one list, exit code 2, and no secret in it."""
    ended = from_the_shell("run", SLACK_BOT_TOKEN="xoxp-wrong-kind", PORT="port")
    assert ended.returncode == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "JDCLOUD_SECRET_KEY", "APPROVERS", "PORT"):
        assert name in ended.stderr
    assert "xoxp-wrong-kind" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["run", "web", "worker", "check"])
def test_mistakes_in_the_policy_file_are_listed_at_once(tmp_path: Path, command: str) -> None:
    """Likewise, by line and key, before anything is touched."""
    file = tmp_path / "policy.toml"
    file.write_text('[[rule]]\nname = "db"\nquorum = 0\nstoping = true\n')
    database = tmp_path / "bot.db"
    ended = bot(command, **REQUIRED, POLICY_FILE=str(file), DATABASE_URL=f"sqlite:///{database}")
    assert ended.returncode == 2
    told = ended.stdout if command == "check" else ended.stderr
    for line, key in ((3, "quorum: 0 is not valid; expected"), (4, "stoping: is no key; did you mean stopping?")):
        assert sum(f'{file}:{line}: rule "db": {key}' in said for said in told.splitlines()) == 1
    assert "Traceback" not in ended.stderr
    assert not database.exists()


def test_check_has_a_line_for_each_mistake() -> None:
    """One below the other, as a start has them."""
    ended = bot("check", SLACK_BOT_TOKEN="xoxp-wrong-kind", PORT="port")
    assert ended.returncode == 1
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "JDCLOUD_SECRET_KEY", "APPROVERS", "PORT")
    assert [sum(f"{name}: " in line for line in ended.stdout.splitlines()) for name in names] == [1] * 5
    assert all(sum(f"{name}: " in line for name in names) <= 1 for line in ended.stdout.splitlines())


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """One clear sentence and exit code 1; no trace of the program, and no secret."""
    file = tmp_path / "not-a-database.db"
    file.write_text("this is a letter to my aunt, and rather a long one, as letters to aunts should be" * 20)
    ended = bot("run", **REQUIRED, DATABASE_URL=f"sqlite:///{file}")
    assert ended.returncode == 1
    assert "not a database" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "planted" not in ended.stderr + ended.stdout


async def test_a_backup(tmp_path: Path) -> None:
    """A copy in a new file, which can be opened and nobody else may read; a file that is there is not replaced."""
    database, copy = tmp_path / "bot.db", tmp_path / "copy.db"
    environ = {"DATABASE_URL": f"sqlite:///{database}"}
    await fill(database)
    done = bot("backup", str(copy), **environ)
    assert (done.returncode, done.stdout.strip()) == (0, f"The backup is in {copy}.")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT id FROM request").fetchall() == [(a_request().id,)]
    again = bot("backup", str(copy), **environ)
    assert again.returncode == 1
    assert "replaces nothing" in again.stderr
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith("copy")) == ["copy.db"]  # noqa: PTH208 # in a coroutine


@pytest.mark.parametrize(
    "command", [("backup", "copy.db"), ("requests",), ("requests", "IR-7K3QF"), ("audit",), ("audit", "verify")]
)
def test_a_database_that_is_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A path with a slip of the finger is said to be one: nothing is made, and nothing succeeds."""
    words = [str(tmp_path / word) if word == "copy.db" else word for word in command]
    ended = bot(*words, DATABASE_URL=f"sqlite:///{tmp_path}/bto.db")
    assert ended.returncode == 1
    assert "bto.db is not there" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_nothing_of_the_bots(tmp_path: Path) -> None:
    """Likewise a database that is there and is another one, or empty."""
    (tmp_path / "empty.db").touch()
    ended = bot("backup", str(tmp_path / "copy.db"), DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert ended.returncode == 1
    assert "nothing of the bot's" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["empty.db"]


def test_a_disk_that_will_be_lost(tmp_path: Path) -> None:
    """SQLite is refused where the platform says so, with the two ways out."""
    environ = REQUIRED | {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "DYNO": "web.1"}
    ended = bot("run", **environ)
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert "PostgreSQL" in ended.stderr
    assert "ALLOW_EPHEMERAL_SQLITE=true" in ended.stderr
    assert bot("migrate", **environ, ALLOW_EPHEMERAL_SQLITE="true").returncode == 0


def test_a_postgresql_that_is_not_there() -> None:
    """Why, where, and never the password."""
    ended = bot("run", **REQUIRED, DATABASE_URL="postgres://bot:hunter2@127.0.0.1:1/name?sslmode=require")
    assert ended.returncode == 1
    assert "127.0.0.1" in ended.stderr
    assert "refused" in ended.stderr
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr


async def fill(path: Path, *, reason: str = "=1+1 \x1b[31m") -> None:
    """A database in which somebody asked for an image and it was approved."""
    store = Store(SQLite(path))
    await store.open()

    def work(tx: Transaction) -> None:
        tx.requests.add(a_request(), draft_id="draft-1", cards=())
        tx.requests.decide(a_request().id, replace(a_decision("U0BEN", plan_hash="0" * 64), reason=reason))
        tx.requests.advance(a_request().id, Move.APPROVE, at=2_000.0, actor="U0BEN")

    await store.transact(work)
    await store.close()


async def test_audit_and_requests(tmp_path: Path) -> None:
    """What happened can be listed, filtered, exported and verified, with nothing set but where the database is."""
    await fill(tmp_path / "bot.db")
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    head, *listed = bot("audit", **environ).stdout.splitlines()
    assert head.split() == ["AT", "REQUEST", "WHO", "WHAT", "DETAIL"]
    assert [line.split()[3] for line in listed] == ["request", "decide.approve", "approve"]
    assert "\x1b" not in "".join(listed)
    assert len(bot("audit", "--actor", "U0BEN", **environ).stdout.splitlines()) == 1 + 2
    assert len(bot("audit", "--request", a_request().id.lower(), **environ).stdout.splitlines()) == 1 + 3
    nothing = bot("audit", "--since", "7d", "--format", "jsonl", **environ)
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "", "No event matches.\n")
    for time in ("yesterday", "999999999999d"):
        wrong = bot("audit", "--since", time, **environ)
        assert (wrong.returncode, "expected 7d" in wrong.stderr) == (2, True)
    rows = list(csv.DictReader(io.StringIO(bot("audit", "--format", "csv", **environ).stdout)))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    lines = bot("audit", "--format", "jsonl", **environ).stdout.splitlines()
    assert json.loads(lines[1])["detail"]["reason"].startswith("=1+1")
    head, listed_request = bot("requests", "--state", "approved", **environ).stdout.splitlines()
    assert head.split()[:4] == ["REQUEST", "STATE", "ASKED", "BY"]
    assert a_request().id in listed_request
    nothing = bot("requests", "--state", "ready", **environ)
    assert (nothing.returncode, nothing.stderr) == (0, "No request matches.\n")
    verified = bot("audit", "verify", **environ)
    assert (verified.returncode, verified.stdout.splitlines()[0]) == (0, "All 3 events are as they were written.")
    with closing(sqlite3.connect(tmp_path / "bot.db")) as file, file:
        file.execute("UPDATE event SET actor = 'U0EVE' WHERE number = 2")
    broken = bot("audit", "verify", **environ)
    assert (broken.returncode, "event 2" in broken.stdout) == (1, True)


async def test_one_request_whole(tmp_path: Path) -> None:
    """What was asked, disk by disk, who decided, and what happened; one that is not there is said not to be."""
    await fill(tmp_path / "bot.db")
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    shown = bot("requests", a_request().id.lower(), **environ).stdout
    for told in ("web-1 (i-abc123) in cn-north-1", "in the image, as its system disk", "left out", "1 of 1 approvals"):
        assert told in shown
    assert re.search(r"U0BEN +approve +=1\+1 \\x1b\[31m", shown)
    assert re.search(r"U0AMY +request ", shown)
    missing = bot("requests", "IR-00000", **environ)
    assert (missing.returncode, missing.stderr) == (1, "Error: there is no request IR-00000\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "--actor", "U0BEN", "verify"),
        ("audit", "--format", "csv", "verify"),
        ("audit", "--since", "7d", "verify"),
        ("requests", "IR-7K3QF", "--review-owed"),
        ("requests", "IR-7K3QF", "--limit", "5"),
        ("requests", "IR-7K3QF", "--state", "ready"),
    ],
)
def test_a_filter_that_would_filter_nothing_is_refused(arguments: tuple[str, ...]) -> None:
    """Whoever types it takes the answer for a filtered one."""
    ended = bot(*arguments, DATABASE_URL="sqlite:///none.db")
    assert (ended.returncode, "Usage: " in ended.stderr) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("requests",),
        pytest.param(("requests", "IR-7K3QF"), marks=pytest.mark.long),
        pytest.param(("audit",), marks=pytest.mark.long),
        ("audit", "--format", "jsonl"),
        pytest.param(("audit", "verify"), marks=pytest.mark.long),
    ],
)
async def test_a_disk_that_is_full(tmp_path: Path, command: tuple[str, ...]) -> None:
    """One line says so, and the exit code that what is in the file is not whole."""
    await fill(tmp_path / "bot.db")
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    def onto_a_full_disk() -> subprocess.CompletedProcess[str]:
        with Path("/dev/full").open("w") as full:
            return subprocess.run(
                [sys.executable, "-m", "bot", *command],
                env=own | {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"},
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )

    ended = await asyncio.to_thread(onto_a_full_disk)
    assert (ended.returncode, ended.stderr) == (
        1,
        "Error: what was asked for cannot be written: No space left on device\n",
    )


async def test_rules_in_the_audit_read_as_names(tmp_path: Path) -> None:
    """Of the settings too; an export has them as they were written, which its hash covers."""
    store = Store(SQLite(tmp_path / "bot.db"))
    await store.open()
    await store.transact(
        lambda tx: tx.events.add(
            Event(request_id="", at=1.0, actor="U0BEN", kind="freeze", detail={"rules": '["", "db"]'})
        )
    )
    await store.close()
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    assert '{"rules": "the settings, db"}' in bot("audit", **environ).stdout
    assert '"rules": "[\\"\\", \\"db\\"]"' in bot("audit", "--format", "jsonl", **environ).stdout


@pytest.mark.parametrize(
    "encoding",  # click takes ASCII for an untold UTF-8
    ["gbk", pytest.param("latin-1", marks=pytest.mark.long)],
)
async def test_a_console_that_cannot_show_it(tmp_path: Path, encoding: str) -> None:
    """What is missing in the console's encoding is shown escaped; JSON and CSV are UTF-8 all the same."""
    await fill(tmp_path / "bot.db", reason="\U0001f600 é 为何")
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    for command in (("audit",), ("requests",), ("requests", a_request().id), ("check",)):
        ended = bot(*command, encoding=encoding, **environ)
        assert "Traceback" not in ended.stderr
        assert ended.returncode == (1 if command == ("check",) else 0)
    environ["PYTHONIOENCODING"] = encoding
    assert "\\U0001f600" in from_the_shell("audit", encoding=encoding, **environ).stdout
    for form in ("jsonl", "csv"):
        exported = from_the_shell("audit", "--format", form, **environ)
        assert (exported.returncode, "\U0001f600 é 为何" in exported.stdout) == (0, True)


def test_arguments_that_are_no_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are a mistake in words, in a setting, an option and a name of a file."""
    stranger = os.fsdecode(b"\xff")
    assert bot("migrate", DATABASE_URL=f"sqlite:///{tmp_path}/bot.db").returncode == 0
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    for command, told in (
        (("audit", "--actor", stranger), "not UTF-8"),
        (("audit", "--request", stranger), "not UTF-8"),
        (("audit", "--since", stranger), "no time"),
        (("audit", "verify", "--head", stranger), "not UTF-8"),
        (("requests", stranger), "not UTF-8"),
        (("requests", "--state", stranger), "\\udcff"),
    ):
        ended = bot(*command, **environ)
        assert (ended.returncode, told in ended.stderr, "Traceback" in ended.stderr) == (2, True, False), command
    assert from_the_shell("backup", str(tmp_path / stranger), **environ).returncode == 0
    assert (tmp_path / stranger).exists()
    wrong = from_the_shell("run", **REQUIRED, PORT=stranger)
    assert (wrong.returncode, "PORT: the value is not UTF-8" in wrong.stderr) == (2, True)


def test_migrate(tmp_path: Path) -> None:
    """The release phase makes the schema, in a file of its own; what only reads it does not, and says so."""
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
    (tmp_path / "bot.db").touch()
    early = bot("requests", **environ)
    assert (early.returncode, "python -m bot migrate" in early.stderr) == (1, True)
    assert bot("migrate", **environ).returncode == 0
    assert bot("migrate", **environ).returncode == 0
    assert bot("requests", **environ).returncode == 0
