"""What an operator's tools are told: is it alive, can it serve, what is it doing, who said what in the log."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo import jdcloud
from bot.demo import slack as demo_slack
from tests.scenario import conftest as worlds
from tests.scenario.conftest import AMY, APPROVALS, BEN, OPS, World

Readiness = tuple[int, dict[str, Any]]


@pytest.fixture
def mode() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "http"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upstreams are asked as soon as the bot runs."""
    monkeypatch.setattr("bot.probes.watch.FIRST_AFTER", 0.0)


async def readiness(world: World) -> Readiness:
    """What `/readyz` says."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.address}/readyz") as answer:
        return answer.status, await answer.json()


async def until_ready(world: World, status: int = 200) -> dict[str, Any]:
    """Asks as a platform does until the answer has this status; what it says then."""
    async with asyncio.timeout(20):
        while (said := await readiness(world))[0] != status:  # noqa: ASYNC110 # the bot has to be asked
            await asyncio.sleep(0.02)
    return said[1]


async def until_found(world: World, probe: str, state: str) -> dict[str, Any]:
    """Asks until a probe has found that; what it says then."""
    async with asyncio.timeout(20):
        while (found := (await readiness(world))[1]["probes"][probe])["state"] != state:  # noqa: ASYNC110 # as above
            await asyncio.sleep(0.02)
    return dict(found)


@asynccontextmanager
async def scraped(address: str) -> AsyncIterator[dict[str, dict[frozenset[tuple[str, str]], float]]]:
    """The metrics as Prometheus reads them: values by labels by name."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        families = text_string_to_metric_families(await answer.text())
        samples = [sample for family in families for sample in family.samples]
    values: dict[str, dict[frozenset[tuple[str, str]], float]] = {}
    for sample in samples:
        values.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    yield values


async def metric(world: World, name: str, **labels: str) -> float:
    """One value; 0 where nothing was counted yet."""
    async with scraped(world.address) as values:
        return values.get(name, {}).get(frozenset(labels.items()), 0.0)


async def test_ready(running: World) -> None:
    """Every probe has a state and an age, the worker its last tick, and the upstreams' probes are told too."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.address}/healthz") as alive:
        assert alive.status == 200
    async with asyncio.timeout(10):
        while (said := await until_ready(running))["worker"]["age"] is None:  # noqa: ASYNC110 # it begins in a moment
            await asyncio.sleep(0.02)
    assert said["ready"] is True
    assert said["worker"]["here"] is True
    assert 0 <= said["worker"]["age"] < 30
    assert said["worker"]["last_tick"] == pytest.approx(running.clock(), abs=30)
    assert said["upstreams"]["slack"] == "ok"
    for probe in ("slack token", "slack scopes", "approval channel", "approvers", "jdcloud cn-north-1", "clock"):
        found = await until_found(running, probe, "ok")
        assert found["age"] >= 0
    assert {"database", "worker"} < said["probes"].keys()


async def test_a_upstreams_failure_takes_no_process_out_of_service(world: World) -> None:
    """Another process would find the same; the operator is told what to do."""
    world.slack.channels[APPROVALS].bot_is_member = False
    async with world.bot(JDCLOUD_SECRET_KEY="wrong"):
        found = await until_found(world, "approval channel", "failed")
        assert "/invite" in found["remedy"]
        assert "JDCLOUD_SECRET_KEY" in (await until_found(world, "jdcloud cn-north-1", "failed"))["remedy"]
        await until_ready(world)
        assert await metric(world, "createimage_probe_ok", probe="approval channel") == 0
        assert await metric(world, "createimage_probe_ok", probe="slack token") == 1


async def test_a_database_that_fails(world: World, tmp_path: Path) -> None:
    """503 while it cannot be used, with the reason; the metrics are still there, without old numbers."""
    async with world.bot():
        await until_ready(world)
        assert await metric(world, "createimage_store_read") == 1
        with closing(sqlite3.connect(tmp_path / "bot.db", timeout=10)) as file, file:
            for table in ("event_chain", "notice"):
                file.execute(f"ALTER TABLE {table} RENAME TO lost_{table}")
        said = await until_ready(world, status=503)
        assert "no such table" in said["probes"]["database"]["said"]
        assert await metric(world, "createimage_store_read") == 0
        with closing(sqlite3.connect(tmp_path / "bot.db", timeout=10)) as file, file:
            for table in ("event_chain", "notice"):
                file.execute(f"ALTER TABLE lost_{table} RENAME TO {table}")
        await until_ready(world)


async def test_a_worker_that_is_stuck(running: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """503: requests would be taken, and nobody would do the work."""
    await until_ready(running)
    monkeypatch.setattr("bot.probes.process.WORKER_SILENT", -1.0)
    said = await until_ready(running, status=503)
    assert "has not looked for work" in said["probes"]["worker"]["said"]
    assert said["probes"]["database"]["state"] == "ok"


async def test_the_two_sides(world: World) -> None:
    """A web process has no worker to wait for; a worker with a port of its own tells as much, and takes no requests."""
    async with world.bot(work=False):
        said = await until_ready(world)
        assert said["worker"] == {"here": False, "last_tick": None, "age": None}
        assert "worker" not in said["probes"]
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with world.bot(serve=False, WORKER_PORT=str(port)):
            world.address = f"http://127.0.0.1:{port}"
            assert (await until_ready(world))["worker"]["here"] is True
            assert await metric(world, "createimage_store_read") == 1
            async with aiohttp.ClientSession() as session, session.post(f"{world.address}/slack/events") as answer:
                assert answer.status == 404


async def test_metrics_tell_the_story(running: World) -> None:
    """A request from the form to the end, and a day on which upstreams fail, in numbers."""
    before = {
        name: await metric(running, name, **labels)
        for name, labels in (
            ("createimage_step_calls_total", {"step": "image", "region": "cn-north-1", "outcome": "accepted"}),
            ("createimage_approval_to_launch_seconds_count", {}),
            ("createimage_ready_to_announced_seconds_count", {}),
            ("createimage_polls_total", {"step": "image", "region": "cn-north-1"}),
            ("createimage_acks_total", {"kind": "view_submission", "status": "200"}),
        )
    }
    running.cloud.faults.add("describeImages", jdcloud.Refuse(429, "RATE_LIMIT", "slow down"), times=1)
    running.slack.faults.add("chat.postMessage", demo_slack.RateLimited(1), times=1)
    card = await running.request()
    assert await metric(running, "createimage_requests", state="pending", region="cn-north-1") == 1
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    assert await metric(running, "createimage_requests", state="ready", region="cn-north-1") == 1
    assert await metric(running, "createimage_requests", state="pending", region="cn-north-1") == 0
    async with asyncio.timeout(10):
        while await metric(running, "createimage_deliveries_outstanding", kind="card"):  # noqa: ASYNC110 # to be asked
            await asyncio.sleep(0.02)
    async with scraped(running.address) as values:
        now = {name: sum(values[name].values()) if "count" in name else values[name] for name in before}
        assert now["createimage_approval_to_launch_seconds_count"] == (
            before["createimage_approval_to_launch_seconds_count"] + 1
        )
        codes = {dict(labels)["code"] for labels in values["createimage_jdcloud_calls_total"]}
        assert {"ok", "RATE_LIMIT"} <= codes
        codes = {dict(labels)["code"] for labels in values["createimage_slack_calls_total"]}
        assert {"ok", "ratelimited"} <= codes
        kinds = {dict(labels)["kind"] for labels in values["createimage_ack_seconds_count"]}
        assert {"command", "block_actions", "view_submission"} <= kinds
    taken = {"step": "image", "region": "cn-north-1", "outcome": "accepted"}
    assert await metric(running, "createimage_step_calls_total", **taken) == before["createimage_step_calls_total"] + 1
    assert await metric(running, "createimage_ready_to_announced_seconds_count") == (
        before["createimage_ready_to_announced_seconds_count"] + 1
    )
    polls = await metric(running, "createimage_polls_total", step="image", region="cn-north-1")
    assert polls > before["createimage_polls_total"]
    assert await metric(running, "createimage_acks_total", kind="view_submission", status="200") == (
        before["createimage_acks_total"] + 1
    )


async def test_a_label_is_nothing_that_an_upstream_chooses(running: World) -> None:
    """Each new label is another row for ever: what is not known by name counts as its kind, or as other."""
    for word in ("SURPRISE_1", "surprise 2\n"):
        running.cloud.faults.add("describeImages", jdcloud.Refuse(400, word, "whatever"), times=1)
    running.cloud.faults.add("describeImages", jdcloud.Refuse(429, "rate_limit", "slow down"), times=1)
    running.slack.faults.add("chat.update", demo_slack.Error("surprise_3"), times=1)
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS), seconds=30)
    await running.until(lambda: any(call.error == "surprise_3" for call in running.slack.calls))
    async with scraped(running.address) as values:
        cloud = {dict(labels)["code"] for labels in values["createimage_jdcloud_calls_total"]}
        regions = {dict(labels)["region"] for labels in values["createimage_jdcloud_calls_total"]}
        slack = {dict(labels)["code"] for labels in values["createimage_slack_calls_total"]}
    assert {"ok", "InvalidParameter", "RATE_LIMIT"} <= cloud
    assert {"ok", "other"} <= slack
    assert not any("surprise" in code.lower() for code in cloud | slack)
    assert regions <= {"cn-north-1", "cn-east-2", "other"}


async def test_the_log_tells_whose_and_which(running: World, log: worlds.Log) -> None:
    """From the click to the ready image: each line names the request, who acted, and JD Cloud's id of the call."""
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "img-" in running.told(OPS))
    (submitted,) = log.of("request.submitted")
    request_id = submitted["request_id"]
    assert submitted["actor"] == AMY
    (decided,) = log.of("request.decided")
    assert (decided["request_id"], decided["actor"]) == (request_id, BEN)
    (accepted,) = log.of("step.accepted")
    (created,) = [line for line in log.of("jdcloud.call") if line["action"] == "createImage"]
    assert created["request_id"] == accepted["request_id"] == request_id
    assert created["cloud_request_id"] == accepted["cloud_request_id"] != ""
    for event in ("card.posted", "notice.sent", "step.done"):
        assert {line["request_id"] for line in log.of(event)} == {request_id}
    for line in log.of("jdcloud.call"):
        assert line["cloud_request_id"] or line["http"] is None  # given up before there was an answer


async def test_the_log_names_the_call_that_failed(running: World, log: worlds.Log) -> None:
    """A refusal has JD Cloud's request id, which its support asks for."""
    running.cloud.faults.add("createImage", jdcloud.Refuse(400, "INVALID_ARGUMENT", "no such thing"), times=1)
    card = await running.request()
    await running.ben.press("Approve", message=card, confirm=True)
    await running.until(lambda: "Retry" in running.card() or "failed" in running.card().lower())
    (refused,) = log.of("step.not_accepted")
    assert refused["cloud_request_id"]
    assert refused["request_id"] == log.of("step.failed")[0]["request_id"]
