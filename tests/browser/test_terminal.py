"""The demo in the terminal: the story that is told there, and where it leads."""

from click.testing import CliRunner

from bot.__main__ import cli
from bot.demo import story


async def test_the_story_ends_by_naming_the_page() -> None:
    """It ends well, and its last line is the command that opens the page."""
    said: list[str] = []
    assert await story.play(build_time=0.5, say=said.append) == 0
    told = "\n".join(said)
    assert "Before the OpenSSL patch" in told
    assert "is ready." in told
    assert "stopInstance, createImage, startInstance" in told
    assert "web-2 is running." in told
    command = told.splitlines()[-1].strip()
    assert command == "python -m bot demo --web"
    options = {option for parameter in cli.commands["demo"].params for option in parameter.opts}
    assert command.split()[-1] in options


def test_the_help_says_what_the_page_is_for() -> None:
    told = " ".join(CliRunner().invoke(cli, ["demo", "--help"]).output.split())
    assert "in a browser" in told
    assert "bad day" in told
