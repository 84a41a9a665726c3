"""SIGHUP, as an operator sends it to a process that runs."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

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
