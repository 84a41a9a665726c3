"""SIGHUP, as an operator sends it to a process that runs, or a terminal that is closed to all in it."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bot.demo.slack import Slack
from tests.crash.test_start import settings, started
from tests.scenario.conftest import SCOPES, populate


async def test_the_policy_file_is_read_again(tmp_path: Path) -> None:
    """One with mistakes ends nothing, a good one is in force, and SIGTERM ends it as ever."""
    slack = Slack(bot_token="xoxb-crash", scopes=SCOPES)
    populate(slack)
    file = tmp_path / "policy.toml"
    file.touch()
    async with slack.serving() as slack_api:
        process = await started(settings(slack_api, tmp_path) | {"POLICY_FILE": str(file)})

        async def until(said: bytes) -> None:
            assert process.stderr
            async with asyncio.timeout(30):
                while (line := await process.stderr.readline()) and said not in line:
                    pass
            assert line, "it ended"

        try:
            await until(b"bot.ready")
            for text, said in (("[[rule]]\n", b"policy.mistake"), ('[[rule]]\nname = "all"\n', b"policy.loaded")):
                file.write_text(text)  # a line
                process.send_signal(signal.SIGHUP)
                await until(said)
            process.terminate()
            await until(b"bot.stopped")
            assert await asyncio.wait_for(process.wait(), 30) == 0
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def entries(folder: Path) -> list[str]:
    """What is in it."""
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize(
    ("options", "number", "to_all"),
    [
        ([], signal.SIGHUP, True),
        pytest.param(["--web"], signal.SIGHUP, True, marks=pytest.mark.long),
        pytest.param([], signal.SIGTERM, False, marks=pytest.mark.long),
        (["--web"], signal.SIGINT, True),
    ],
)
async def test_a_demo_leaves_nothing(
    tmp_path: Path, options: list[str], number: signal.Signals, *, to_all: bool
) -> None:
    """Whatever ends it, its bot ends too, and its database is gone; also where a closed terminal tells all of them."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *options),
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # its process group has its own id
    )
    assert process.stdout
    try:
        async with asyncio.timeout(60):
            while (line := await process.stdout.readline()) and not line.startswith((b"1. Amy", b"The demo is at")):
                pass
            assert line, "it ended"
            assert entries(tmp_path)
            (os.killpg if to_all else os.kill)(process.pid, number)
            await process.stdout.read()  # to its end: nobody is left who could write
        assert await process.wait() == (0 if options else 1)
        assert not entries(tmp_path)
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
