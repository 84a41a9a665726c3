"""What operators are given: it names what there is, and everything that is needed."""

import ast
import configparser
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from prometheus_client.metrics import MetricWrapperBase

from bot import metrics
from bot.__main__ import cli
from bot.domain.lifecycle import OPEN, State
from bot.domain.steps import Step
from bot.jdcloud import Outcome
from bot.settings import Settings
from bot.store import Event
from bot.web import Reason

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
OPERATING = (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def nodes(name: str) -> list[ast.AST]:
    """What the modules of the client of this name are made of."""
    return [
        node
        for path in (ROOT / "bot/jdcloud").glob(name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]


def builders() -> dict[str, tuple[str, int]]:
    """Each method that makes a `Call`: of which service, and the place of `action` among its arguments."""
    found: dict[str, tuple[str, int]] = {}
    for node in nodes("service.py"):
        if isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "Call":
            (service,) = set(re.findall(r"auth=self\._(\w+)", ast.unparse(node)))
            found[node.name] = service, [argument.arg for argument in node.args.args].index("action") - 1  # `self`
    return found


def cloud_calls() -> set[tuple[str, str]]:
    """Service and action of every call that the client makes, read from its source."""
    by, found = builders(), set()
    for node in nodes("*.py"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in by:
            service, place = by[node.func.attr]
            found.add((service, ast.literal_eval(node.args[place])))
    return found


def test_every_call_is_made_by_a_builder() -> None:
    """So that the rights to it are counted below."""
    made = [node for node in nodes("*.py") if isinstance(node, ast.Call) and ast.unparse(node.func) == "Call"]
    assert len(made) == len(builders())
    assert builders().keys() >= {"_vm_read", "_disk_read", "_about"}


def test_rights_are_those_of_the_client() -> None:
    """The table in the docs and the policy allow each call that the client makes, and no other."""
    calls = cloud_calls()
    assert len(calls) == 10
    listed = set(re.findall(r"^\| (vm|disk) `(\w+)` \|", OPERATING, re.MULTILINE))
    assert listed == calls
    policy = json.loads((DEPLOY / "jdcloud-policy.json").read_text(encoding="utf-8"))
    (statement,) = policy["Statement"]
    assert set(statement["Action"]) == {f"{service}:{action}" for service, action in calls}
    assert (policy["Version"], statement["Effect"]) == ("3", "Allow")


def test_the_dashboard_draws_metrics_that_exist() -> None:
    """Every name in it is one that is told, and every metric is drawn."""
    dashboard = (DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8")
    told = {
        sample
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.describe()
        for sample in (
            {f"{family.name}_bucket", f"{family.name}_sum", f"{family.name}_count"}
            if family.type == "histogram"
            else {f"{family.name}_total" if family.type == "counter" else family.name}
        )
    }
    drawn = set(re.findall(r"\bcreateimage_\w+", dashboard))
    assert drawn <= told
    stems = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in drawn} == stems
    panels = json.loads(dashboard)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert set(re.findall(r"\bcreateimage_\w+", OPERATING)) - {"createimage_"} <= told


LABELS = {"state": {*State}, "step": {*Step}, "reason": {*Reason}, "outcome": {"accepted", *Outcome}, "code": {"ok"}}
"""What a query may ask of a label, where that is a closed set; a misspelt one would match nothing, and say nothing."""


def targets() -> list[dict[str, str]]:
    """Every query that the dashboard draws."""
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    return [target for panel in panels for target in panel["targets"]]


def test_the_dashboard_asks_for_labels_that_are_told() -> None:
    """By names that the metric has and values that there are; the legend says what is told apart."""
    named = {
        f"{family.name}{'_total' * (family.type == 'counter')}": set(metric._labelnames)
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.describe()
    }
    for target in targets():
        query, legend = target["expr"], target["legendFormat"]
        metric = re.sub(r"_bucket$", "", re.findall(r"\bcreateimage_\w+", query)[0])
        matched = re.findall(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"', query)
        apart = set(re.findall(r"\w+", (re.findall(r"\bby \(([^)]*)\)", query) or [""])[0])) - {"le"}
        for name, values in matched:
            if name != "instance":
                assert set(values.split("|")) <= LABELS[name], query
        assert {name for name, _ in matched} | apart <= named[metric] | {"instance"}, query
        shown = set(re.findall(r"{{(\w+)}}", legend))
        assert apart <= shown if apart else shown <= named[metric] | {"instance"}, legend
    states = [found for target in targets() for found in re.findall(r'state=~"([^"]*)"', target["expr"])]
    assert [set(found.split("|")) for found in states] == [set(OPEN)]


def test_no_alert_takes_a_process_without_a_worker_for_a_worker_that_stands_still() -> None:
    """Its last look is at 0 there: each query that reckons with it leaves that out."""
    told = "createimage_worker_last_tick_timestamp_seconds"
    queries = [target["expr"] for target in targets()] + re.findall(r"^\| `([^`]+)` \|", OPERATING, re.MULTILINE)
    about = [query for query in queries if told in query]
    assert len(about) == 2
    assert all(re.search(rf"{told}({{[^}}]*}})? > 0", query) for query in about)


def test_every_reason_is_told() -> None:
    """Why what Slack sends may be turned away stands in the docs, and at the metric."""
    listed = re.findall(r"^\| `(\w+)`", OPERATING.split("| reason | means |")[1].split("\n\n")[0], re.MULTILINE)
    assert set(listed) == {*Reason}
    assert all(reason in metrics.REJECTED._documentation for reason in Reason)


def test_procfile() -> None:
    """Each process is a command of the bot, and a release brings the schema up to date."""
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    assert processes.keys() == {"release", "web", "worker"}
    for command in processes.values():
        assert command.removeprefix("python -m bot ") in cli.commands
    assert processes["release"] == "python -m bot migrate"


def test_systemd_unit() -> None:
    """It runs the bot as a user of its own, who may write to one folder, and gives it time to stop."""
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd's names have capitals
    unit.read_string((DEPLOY / "createimage-bot.service").read_text(encoding="utf-8"))
    service = dict(unit["Service"])
    assert service["ExecStart"].endswith("python -m bot run")
    assert service["User"] == "createimage-bot"
    assert service["NoNewPrivileges"] == "true"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert int(service["TimeoutStopSec"]) > 10
    # prometheus-client reads /proc/stat, and without it tells none of the process_* metrics.
    assert service.get("ProcSubset", "all") == "all"
    assert service["SystemCallErrorNumber"] == "EPERM"
    # What an operator types runs as it does: a relative path is the same file, and the database is the same.
    (typed,) = re.findall(r"^    sudo systemd-run(.*?)\"\$@\"$", OPERATING, re.MULTILINE | re.DOTALL)
    options = dict(re.findall(r"--(uid|working-directory|setenv=\w+|property=\w+)=(\S+)", typed))
    assert options["uid"] == service["User"]
    assert options["working-directory"] == service["WorkingDirectory"]
    assert options["property=EnvironmentFile"] == service["EnvironmentFile"]
    assert options["property=StateDirectory"] == service["StateDirectory"]
    assert f"DATABASE_URL={options['setenv=DATABASE_URL']}" in service["Environment"].split()
    variables = {pair.split("=")[0] for pair in service["Environment"].split()}
    assert variables <= {name.upper() for name in Settings.model_fields}


def test_the_wheel_says_what_is_in_it() -> None:
    """A licence for each that holds, with its text, and the manifest that the bot prints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in project["project"]["license-files"]]
    assert project["project"]["license"] == "Apache-2.0 AND BSD-3-Clause"
    assert [text.strip().split("\n")[0] for text in texts] == ["Apache License", "BSD 3-Clause License"]
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"manifest.yml": "bot/manifest.yml"}
    vendored = {path.parent for path in (ROOT / "bot").rglob("LICENSE*")}
    assert vendored == {(ROOT / name).parent for name in project["project"]["license-files"][1:]}


def test_containerfile() -> None:
    """It copies what is there, runs as nobody in particular, and starts the bot."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources)
    assert re.search(r"^USER \d+$", text, re.MULTILINE)
    assert 'ENTRYPOINT ["python", "-m", "bot"]' in text
    assert re.search(r'^CMD \["run"\]$', text, re.MULTILINE)


def test_commands_in_the_docs_exist() -> None:
    """Each `python -m bot …` is a command, with options that it has."""
    found = re.findall(r"(?:-m bot|^createimage-bot) ([a-z]+(?: verify)?)((?: --[a-z]+)?)", OPERATING, re.MULTILINE)
    assert {name for name, _ in found} >= {"check", "requests", "audit", "audit verify", "backup"}
    for name, option in found:
        command: click.Command = cli
        for part in name.split():
            assert isinstance(command, click.Group)
            command = command.commands[part]
        assert not option or option.strip() in {name for p in command.params for name in p.opts}


@pytest.mark.parametrize("tampered", [False, True])
def test_an_export_proves_itself(*, tampered: bool) -> None:
    """The program in the docs takes an export as it is, and finds an event that was changed."""
    (program,) = re.findall(r"```python\n(.*?)```", OPERATING, re.DOTALL)
    lines, before = [], ""
    for number in (1, 2, 3):
        event = Event(request_id="IR-7K3QF", at=1.5 * number, actor="U0BEN", kind="request", detail={"reason": "补丁"})
        before = event.chained(number, before)
        actor = "U0EVE" if tampered and number == 2 else event.actor
        told = {"number": number, "request_id": event.request_id, "unix": event.at, "actor": actor, "kind": event.kind}
        lines.append(json.dumps(told | {"detail": dict(event.detail), "hash": before}, ensure_ascii=False))
    done = subprocess.run(
        [sys.executable, "-c", program], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) is not tampered
    assert ("event 2" in done.stderr) is tampered
