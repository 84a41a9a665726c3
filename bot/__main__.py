"""The command line: `python -m bot`, installed as `createimage-bot`."""

import gc

gc.disable()  # until all is imported: it stays, and looking through it for garbage is a tenth of the start

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bot import running
from bot.cli import audit as audits
from bot.cli import check as checks
from bot.cli import manifest as manifests
from bot.cli import policy as policies
from bot.cli import requests as listing
from bot.cli.console import for_machines, say, show_whatever_is_said, text
from bot.cli.context import of_current_schema, with_settings, with_store
from bot.domain.errors import Fault
from bot.domain.lifecycle import State
from bot.logs import configure_logging
from bot.probes import works
from bot.settings import PolicyError, Settings, SettingsError, load_settings
from bot.store import MIGRATIONS, Chain, SchemaTooNew, Store

gc.freeze()
gc.enable()

LISTED = 50
"""Requests that a list has, where nothing else is asked for."""

GIVEN_UP_WITHIN = 2.0
"""Seconds from a signal to the end of a process that cannot serve yet.

A thread that waits for a database or a name server cannot be cancelled, and Python would wait for it. It is left
behind: before the bot serves nothing is in hand, and a change of the schema is one transaction.
"""


def _since(_context: click.Context, _option: click.Parameter, value: str | None) -> float:
    return audits.since(value, now=time.time()) if value else 0.0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="createimage-bot", prog_name="createimage-bot")
def cli() -> None:
    """Private images of JD Cloud virtual machines, asked for and approved in Slack."""
    show_whatever_is_said()


@cli.command()
def run() -> None:
    """Run the whole bot in one process: HTTP for Slack, and the worker."""
    _run(serve=True, work=True)


@cli.command()
def web() -> None:
    """Run only the HTTP side; the work is done by a `worker` on the same database."""
    _run(serve=True, work=False)


@cli.command()
def worker() -> None:
    """Run only the worker; Slack is answered by a `web` on the same database."""
    _run(serve=False, work=True)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(*, as_json: bool) -> None:
    """Find out whether the bot would work, and what to do if not. Changes nothing; exits with 0 only if it would."""
    unread = False
    try:
        settings = load_settings()
    except SettingsError as error:
        found = checks.of_settings(error)
    else:
        configure_logging("critical", settings.log_format, sys.stderr)  # the findings say it
        try:
            found = asyncio.run(checks.ask(settings))
        except PolicyError as error:
            found, unread = checks.of_policy(error), True
        except Fault as fault:
            found = checks.of_fault(fault)
    if as_json:
        for_machines(f"{checks.as_json(found)}\n")
    else:
        say(checks.table(found))
    sys.exit(2 if unread else 0 if works(found) else 1)


@cli.command()
@click.option("--host", help="The host of the bot's public HTTPS address.", callback=manifests.host)
@click.option("--socket", "in_socket_mode", is_flag=True, help="For Socket Mode, which needs no public address.")
def manifest(*, host: str | None, in_socket_mode: bool) -> None:
    """Print the manifest of the Slack app, to be pasted at api.slack.com/apps: Create New App, From a manifest."""
    if host is not None and in_socket_mode:
        raise click.UsageError("--host is for HTTP, and Socket Mode needs none: give one of the two")
    text = manifests.text()
    if host:
        text = manifests.for_host(text, host)
    elif in_socket_mode:
        text = manifests.for_socket_mode(text)
    say(text, nl=False)


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date, and end; for the release phase of a platform."""

    async def work(store: Store) -> None:
        await store.open()

    with_store(work, make=True)
    say("The schema is up to date.")


@cli.command()
@click.argument("request_id", default="", callback=text, metavar="[REQUEST]")
@click.option("--state", "states", multiple=True, type=click.Choice([*map(str, State)]), help="May be repeated.")
@click.option("--review-owed", is_flag=True, help="Begun in an emergency, and not reviewed yet.")
@click.option("--limit", show_default=str(LISTED), type=click.IntRange(1, 1_000_000), help="How many at most.")
def requests(request_id: str, states: tuple[str, ...], limit: int | None, *, review_owed: bool) -> None:
    """List requests, the newest first, or show one REQUEST whole: its plan, its decisions, what happened to it."""
    if request_id and (states or review_owed or limit):
        raise click.UsageError("--state, --review-owed and --limit are for the list, and not for one request")
    wanted = {State(state) for state in states} or set(State)

    async def one(store: Store) -> None:
        known, events = await store.read(
            lambda tx: (tx.requests.get(request_id.upper()), tx.events.of(request_id.upper()))
        )
        if known is None:
            raise Fault(f"there is no request {request_id.upper()}")
        say(f"{listing.whole(known)}\n{audits.event_lines(events)}", nl=False)

    async def several(store: Store) -> None:
        found = await store.read(
            lambda tx: (tx.requests.review_owed if review_owed else tx.requests.latest)(wanted, limit or LISTED)
        )
        say(listing.listed(found), nl=False)
        _say_if_none(found, "request")

    with_store(of_current_schema(one if request_id else several))


@cli.group(invoke_without_command=True)
@click.option("--request", "request_id", default="", callback=text, help="Of one request, by its id.")
@click.option("--actor", default="", callback=text, help="Of one person, by their Slack id.")
@click.option("--since", help="7d, 12h, 30m, or a date such as 2026-11-24.", callback=_since)
@click.option("--format", "form", default="lines", show_default=True, type=click.Choice(list(audits.FORMATS)))
@click.pass_context
def audit(context: click.Context, request_id: str, actor: str, since: float, form: str) -> None:
    """List what happened: who did what to which request, when."""
    if context.invoked_subcommand:
        if request_id or actor or since or form != "lines":
            raise click.UsageError(f"{context.invoked_subcommand} is of the whole chain, and takes no filter or format")
        return

    async def work(store: Store) -> None:
        found = await store.read(lambda tx: tx.events.matching(request_id=request_id.upper(), actor=actor, since=since))
        if form == "lines":
            say(audits.event_lines(found), nl=False)
        else:
            for_machines(audits.FORMATS[form](found))
        _say_if_none(found, "event")

    with_store(of_current_schema(work))


@audit.command()
@click.option("--head", default="", callback=text, help="A head that an earlier look printed: it must still be there.")
def verify(head: str) -> None:
    """Prove that no event was changed, left out or put in since it was written, or name the first that was."""
    chains: list[Chain] = []

    async def work(store: Store) -> None:
        chains.append(await store.read(lambda tx: tx.events.verify(head=head.strip().lower())))

    with_store(of_current_schema(work))
    say(audits.verdict(chains[0]))
    sys.exit(1 if chains[0].broken else 0)


@cli.group()
def policy() -> None:
    """Ask about the rules: who decides about which machines."""


@policy.command()
@click.argument("instance", callback=text)
@click.option("--requester", default="", callback=policies.person, help="Who would ask, by their Slack id.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def explain(*, instance: str, requester: str, as_json: bool) -> None:
    """Say which rule decides about an INSTANCE (its id, name or private IP), why, and who could approve."""

    async def work(settings: Settings) -> None:
        answer = await policies.ask(settings, instance, requester)
        if as_json:
            for_machines(f"{policies.for_programs(answer)}\n")
        else:
            say(policies.for_eyes(answer), nl=False)

    with_settings(work, load_settings)


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to FILE while the bot goes on working: an SQLite file, or what pg_restore reads."""

    async def work(store: Store) -> None:
        try:
            steps = await store.pending()
        except SchemaTooNew:  # another version's, and worth a copy all the same
            steps = ()
        if len(steps) == len(MIGRATIONS):
            raise Fault("the database holds nothing of the bot's: DATABASE_URL may name another one")
        await store.backup(file)

    with_store(work)
    say(f"The backup is in {file}.")


@cli.command()
@click.option("--web", "in_browser", is_flag=True, help="Open a page to try it in, instead of telling the story.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Port of the page; any free one if not given.")
@click.option("--build-time", type=click.FloatRange(min=0), help="Seconds that making an image takes.")
def demo(*, in_browser: bool, port: int, build_time: float | None) -> None:
    """Try the bot on this machine: no Slack, no JD Cloud, no setting needed.

    Without --web the whole story is told in the terminal, in a few seconds. With it, you play it yourself in a browser:
    ask, approve, watch, and have a bad day.
    """
    # The stand-ins are no part of the running bot.
    from bot.demo import story, web  # noqa: PLC0415
    from bot.demo.bot_process import until_told  # noqa: PLC0415

    if not in_browser:
        told = story.play(build_time=story.BUILD_TIME if build_time is None else build_time)
        code = asyncio.run(until_told(told))
        sys.exit(1 if code is None else code)
    page = web.serve(port=port, build_time=web.BUILD_TIME if build_time is None else build_time, tell=_show)
    try:
        asyncio.run(until_told(page))
    except web.PortTaken as taken:
        raise click.ClickException(str(taken)) from None


def _show(address: str) -> None:
    """Tells where the page is, and opens it where there is a screen and somebody in front of it."""
    say(f"The demo is at {address} (this machine only). Ctrl-C ends it.")
    has_screen = sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if sys.stdout.isatty() and has_screen:
        click.launch(address)


def _run(*, serve: bool, work: bool) -> None:
    async def until_told(settings: Settings) -> None:
        stop, reread, begun = asyncio.Event(), asyncio.Event(), threading.Event()

        def told() -> None:
            stop.set()
            last = threading.Timer(GIVEN_UP_WITHIN, lambda: begun.is_set() or os._exit(0))
            last.daemon = True
            last.start()

        def ready(_addresses: Sequence[str]) -> None:
            begun.set()
            gc.freeze()  # what there is now stays: to look through all of it for garbage holds everything up for 60 ms

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reread.set)
        await running.run(settings, serve=serve, work=work, stop=stop, reread=reread, on_ready=ready)

    with_settings(until_told, load_settings, failed="createimage-bot cannot run")


def _say_if_none(found: Sequence[object], what: str) -> None:
    """An empty list is an answer, and not a command that did not work; said beside what may be piped on."""
    if not found:
        say(f"No {what} matches.", err=True)


main = cli

if __name__ == "__main__":
    main()
