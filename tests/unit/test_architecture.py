"""The rooms: imports point downwards, importing does nothing, and every module says what it is for."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.domain.steps import Step
from bot.service.steps import all_kinds

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "bot").rglob("*.py"))

MAY_IMPORT: dict[str, set[str]] = {
    "domain": {"domain"},
    "store": {"store", "domain"},
    "jdcloud": {"jdcloud", "domain", "circuit", "http_date", "metrics"},
    "texts": {"texts", "domain"},
    "service": {"service", "domain", "store", "jdcloud", "metrics"},
    "slack": {"slack", "service", "domain", "store", "texts", "circuit", "metrics"},
    "demo": {"demo"},
    "circuit": set(),
    "http_date": set(),
    "connections": set(),
    "metrics": set(),
    "work": {"service", "store"},
    "worker": {"work", "service", "store", "metrics"},
    "queues": {"work", "service", "domain", "store", "slack"},
    "web": {"connections", "metrics", "service", "slack"},
    "logs": set(),
    "settings": {"settings", "domain"},
    "ids": {"domain"},
    "clients": {"domain", "store", "jdcloud", "service", "slack", "ids", "settings"},
    "probes": {
        "probes",
        "domain",
        "store",
        "jdcloud",
        "slack",
        "settings",
        "clients",
        "worker",
        "http_date",
        "metrics",
    },
    "use_cases": {"domain", "store", "service", "settings", "clients"},
    "worker_wiring": {
        "use_cases",
        "circuit",
        "store",
        "service",
        "slack",
        "settings",
        "work",
        "worker",
        "queues",
        "clients",
    },
    "slack_wiring": {"use_cases", "store", "service", "slack", "settings", "clients"},
    "reload": {"domain", "service", "settings", "slack"},
    "wiring": {
        "use_cases",
        "slack_wiring",
        "worker_wiring",
        "reload",
        "circuit",
        "connections",
        "metrics",
        "store",
        "service",
        "slack",
        "settings",
        "web",
        "worker",
        "clients",
        "probes",
    },
    "running": {
        "wiring",
        "reload",
        "connections",
        "metrics",
        "domain",
        "store",
        "service",
        "slack",
        "settings",
        "clients",
        "probes",
    },
    "cli": {"cli", "domain", "store", "probes", "clients", "service", "settings", "logs"},
    "__main__": {"cli", "clients", "probes", "running", "domain", "logs", "settings", "store", "demo"},
}
"""Room by room, what it may build on. Texts are no concern of the service, nor Slack's payloads of the domain."""

SLACK_MAY_IMPORT: dict[str, set[str]] = {
    "protocol": {"protocol"},
    "screens": {"screens", "protocol"},
    "people": {"protocol"},
    "outbox": {"outbox", "screens", "protocol", "people"},
    "listeners": {"listeners", "outbox", "screens", "protocol", "people"},
    "app": {"listeners", "protocol"},
    "__init__": set(),
}
"""Likewise inside `bot/slack`: what a person sees knows nothing of how it gets to them."""

ENGINE = {"asking", "doubt", "watching", "record", "kind"}
"""What carries out steps in `bot/service/steps`, whatever their kind."""

OUTWARD = {"asyncio", "httpx", "aiohttp", "slack_sdk", "slack_bolt", "sqlite3", "sqlite_utils", "os", "time", "random"}
"""What touches the world: not for rooms that hold values, rules and words."""


def room(path: Path) -> str:
    """The room that a module belongs to."""
    parts = path.relative_to(ROOT / "bot").with_suffix("").parts
    return parts[0]


def imported(path: Path) -> set[str]:
    """The full names of what a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path: Path) -> set[str]:
    """The rooms of the bot that a module builds on."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("bot.") and name != "bot.texts.Text"}


def test_imports_point_downwards() -> None:
    """A room builds on those below it and on no other."""
    for path in MODULES:
        below = set() if room(path) == "__init__" else MAY_IMPORT[room(path)]
        assert rooms_imported(path) <= below, name(path)


def test_imports_in_slack_point_downwards() -> None:
    """Listeners call on the outbox, the outbox shows screens, and screens are made of values."""
    for path in (path for path in MODULES if room(path) == "slack"):
        inside = path.relative_to(ROOT / "bot" / "slack").with_suffix("").parts[0]
        found = {name.split(".")[2] for name in imported(path) if name.startswith("bot.slack.")}
        assert found <= SLACK_MAY_IMPORT[inside], name(path)


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) in {"domain", "texts"}], ids=lambda p: p.name)
def test_values_and_words_touch_nothing(path: Path) -> None:
    """No I/O and no clock of its own in the rooms of values, rules and words."""
    assert not {name.split(".")[0] for name in imported(path)} & OUTWARD


@pytest.mark.parametrize("module", sorted(ENGINE))
def test_the_engine_knows_no_kind_of_step(module: str) -> None:
    """What carries steps out names none of them: a new kind is a module of its own, and nothing else there changes."""
    path = ROOT / "bot/service/steps" / f"{module}.py"
    kinds = {other.stem for other in path.parent.glob("*.py")} - ENGINE - {"__init__"}
    assert {"image", "power"} <= kinds
    assert not {name.split(".")[3] for name in imported(path) if name.startswith("bot.service.steps.")} & kinds
    assert "bot.domain.steps.Step" not in imported(path)


def test_every_kind_of_step_is_carried_out() -> None:
    """The engine is given each that plans are made of: one that it was not given would wait for ever."""
    nothing: Any = None
    assert all_kinds(store=nothing, cloud=nothing, rules=nothing, clock=nothing).keys() == set(Step)


def test_every_module_says_what_it_is_for() -> None:
    """In its first line; only a package may be empty."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) or (path.name == "__init__.py" and not tree.body), name(path)


def test_every_room_has_its_row() -> None:
    """Somebody who is new finds there what each module and package of the program is for."""
    described = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = [path for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    names = [f"`bot/{path.name}{'/' * path.is_dir()}`" for path in rooms if path.name != "__init__.py"]
    assert [name for name in names if f"| {name} |" not in described] == []


def test_what_few_need_is_imported_where_it_is_needed() -> None:
    """A bot that Slack reaches over HTTP starts without Socket Mode, one on SQLite without PostgreSQL, one that does
    not work without the worker, one whose schema is up to date without the ladder, each without the demo: they cost
    time and memory.
    """
    paths = {name(path): path for path in MODULES}
    loaded, seen = ["bot.__main__"], set[str]()
    while loaded:
        module = loaded.pop()
        if module not in seen:
            seen.add(module)
            loaded += imported_at_once(paths[module]) if module in paths else []
    few = ["bot.demo", "bot.slack.protocol.socket", "slack_sdk.socket_mode", "slack_bolt.adapter.socket_mode"]
    few += ["bot.store.postgres", "psycopg", "bot.store.ladder", "sqlite_utils"]
    few += ["bot.worker", "bot.queues", "bot.service.steps", "bot.slack.outbox.delivery"]
    assert not {module for module in seen if module.startswith(tuple(few))}
    assert "bot.slack.listeners.card" in seen


def name(path: Path) -> str:
    """A module's, as it is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_at_once(path: Path) -> list[str]:
    """What is imported with a module: not what a function of it imports, nor what only a type checker sees."""
    names = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    parents = [one.rsplit(".", depth)[0] for one in names for depth in range(1, one.count(".") + 1)]
    return [*names, *parents]


def test_importing_does_nothing() -> None:
    """No file is opened for writing, no connection made, no word printed."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES]
    program = f"""
import importlib, sys
def audit(event, args):
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "sqlite3.connect"):
        raise RuntimeError(event)
sys.addaudithook(audit)
for name in {[name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]!r}:
    importlib.import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
