"""Metrics: what Prometheus scrapes at `/metrics`. Each is counted where it happens, by this process alone; what is
kept in the database (requests, owed deliveries) is read anew for every scrape, and the same from every process.
"""

from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

OTHER = "other"
"""The label of all that is told apart no further."""


def one_of(known: Collection[str], value: str) -> str:
    """A label: `value` if it is one of those known, else "other". Each new label is another row for ever, here and in
    Prometheus, so what an upstream writes freely is none; the log has it.
    """
    return value if value in known else OTHER


REGISTRY = CollectorRegistry()
"""Everything the bot tells, and of its process: memory, CPU, open files."""

for collector in (ProcessCollector, PlatformCollector, GCCollector):
    collector(registry=REGISTRY)

_WAITS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds that something which is under way may take."""

_CALLS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds of one call of an upstream."""

_ACKS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Seconds until an ack. Slack gives up after 3."""

REQUESTS = Gauge("createimage_requests", "Requests, by state and region.", ["state", "region"], registry=REGISTRY)
OUTSTANDING = Gauge(
    "createimage_deliveries_outstanding",
    "Cards to be drawn and notices to be sent that Slack does not have yet.",
    ["kind"],
    registry=REGISTRY,
)
STORE_READ = Gauge(
    "createimage_store_read",
    "1 when requests and deliveries could be read from the database for this scrape, else 0.",
    registry=REGISTRY,
)

STEP_CALLS = Counter(
    "createimage_step_calls",
    "Calls that change something, by kind of step, region and how they ended: accepted, refused, try_again, doubtful.",
    ["step", "region", "outcome"],
    registry=REGISTRY,
)
APPROVAL_TO_LAUNCH = Histogram(
    "createimage_approval_to_launch_seconds",
    "From the last approval until its first step is first asked for.",
    buckets=_WAITS,
    registry=REGISTRY,
)
POLLS = Counter(
    "createimage_polls",
    "Looks at steps that the cloud is at, by kind; one look is one call.",
    ["step", "region"],
    registry=REGISTRY,
)
READY_TO_ANNOUNCED = Histogram(
    "createimage_ready_to_announced_seconds",
    "From the moment the bot saw that an image is ready until the team is told.",
    buckets=_WAITS,
    registry=REGISTRY,
)

CLOUD_CALLS = Counter(
    "createimage_jdcloud_calls",
    "Attempts at calls of JD Cloud; the code is ok, JD Cloud's own word where it is a known one, or the kind of error.",
    ["action", "region", "code"],
    registry=REGISTRY,
)
CLOUD_SECONDS = Histogram(
    "createimage_jdcloud_call_seconds",
    "How long one attempt took.",
    ["action", "region"],
    buckets=_CALLS,
    registry=REGISTRY,
)
SLACK_CALLS = Counter(
    "createimage_slack_calls",
    "Calls of Slack's Web API; the code is ok, Slack's own if it is a known one, or what went wrong on the way.",
    ["method", "code"],
    registry=REGISTRY,
)
ACKS = Counter(
    "createimage_acks", "Answers to what Slack sent, by kind and HTTP status.", ["kind", "status"], registry=REGISTRY
)
ACK_SECONDS = Histogram(
    "createimage_ack_seconds", "How long Slack waited for the answer.", ["kind"], buckets=_ACKS, registry=REGISTRY
)
REJECTED = Counter(
    "createimage_rejected",
    "What was posted to /slack/events and turned away, by reason: unsigned, too_old, wrong_signature, too_large.",
    ["reason"],
    registry=REGISTRY,
)
FAULTS = Counter(
    "createimage_faults",
    "Errors that nobody planned for; the log has each under its reference.",
    ["where"],
    registry=REGISTRY,
)

WORKER_TICK = Gauge(
    "createimage_worker_last_tick_timestamp_seconds",
    "When the worker of this process last looked for work; 0 where it has none.",
    registry=REGISTRY,
)
PROBE_OK = Gauge(
    "createimage_probe_ok", "1 when the probe of that name found nothing wrong, else 0.", ["probe"], registry=REGISTRY
)
