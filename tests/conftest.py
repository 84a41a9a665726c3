"""What tests of every kind share."""

import gc
import os
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from xdist.remote import Producer
from xdist.scheduler import WorkStealingScheduling

from tests import memory, postgres

# How long an example takes is up to whoever else uses the machine.
settings.register_profile("long", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("every run", settings.get_profile("long"), max_examples=30)

# What is imported and collected stays: nothing of it is garbage to be looked for.
gc.disable()

# What is compiled is kept: each of the many processes of a run would do all of it again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Where `tmp_path` is; most tests wait for a database there.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory.folder()))

# No test speaks TLS. Whom the machine trusts would be read anew for each bot, which takes longer than some tests.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)


def pytest_xdist_auto_num_workers() -> int | None:
    """Four times as many as there are cores, as long as these are few: the tests of a whole bot mostly wait."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = os.cpu_count() or 1
    return max(cores, min(4 * cores, 8))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WorkStealingScheduling | None:
    """Neighbours share what they start, and who is done early takes over from who is not, unless `--dist` says else."""
    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


def _is_long(config: pytest.Config) -> bool:
    return bool(config.getoption("markexpr") == "long")


def pytest_configure(config: pytest.Config) -> None:
    """Of drawn examples, every run has some, and the long proofs have many."""
    settings.load_profile("long" if _is_long(config) else "every run")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """So a test with drawn examples is one of the long proofs too."""
    for item in items if _is_long(config) else ():
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.long)


_WAIT = frozenset({"scenario", "crash"})
"""Folders of tests that wait more than they compute."""


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_spread(items: list[pytest.Item]) -> None:
    """Files of tests that wait are spread between those that compute: else a run would end with waiting alone."""
    whole = Counter(item.path.parent.name in _WAIT for item in items)
    before, place = Counter[bool](), dict[Path, float]()
    for item in items:
        waits = item.path.parent.name in _WAIT
        place.setdefault(item.path, before[waits] / whole[waits])
        before[waits] += 1
    items.sort(key=lambda item: place[item.path])


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a clone that is new, each worker compiles its share of the tests first, and finds the rest compiled."""
    if worker := getattr(session.config, "workerinput", None):
        here = Path(__file__).parent
        asked = [Path(argument.partition("::")[0]).resolve() for argument in session.config.args]
        files = [file for file in sorted(here.rglob("test_*.py")) if {file, *file.parents} & set(asked)]
        for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            with suppress(Exception):  # it is collected once more, and then told
                import_module(".".join(file.relative_to(here.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What is there from now on stays, and is no garbage to be looked for again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


LOGGED = 50_000
"""Characters of the log that a failed test shows."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what was logged (fixture `log`). It is sent to another process as UTF-8, whatever half
    characters it was given.
    """
    report = yield
    if report.failed and (log := getattr(item, "funcargs", {}).get("log")):
        report.sections.append(("Logged", log.stream.getvalue()[-LOGGED:]))
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[postgres.Server]:
    """A real PostgreSQL, one for all processes that test."""
    own = tmp_path_factory.getbasetemp()
    with postgres.shared(own if worker_id == "master" else own.parent) as server:
        yield server
