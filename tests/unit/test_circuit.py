"""The circuit: opened by failures in a row, tried again by one at a time after growing pauses, said once."""

import pytest
from structlog.testing import capture_logs

from bot.circuit import FAILURES, LONGEST_PAUSE, SHORTEST_PAUSE, Circuit


class Time:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def circuit(time: Time) -> Circuit:
    return Circuit("cloud", time)


def opened(circuit: Circuit) -> Circuit:
    """After as many failures as it takes."""
    for _ in range(FAILURES):
        assert circuit.open_for() == 0
        circuit.failed("no answer", begun=circuit.clock())
    return circuit


def test_a_few_failures_are_nothing(circuit: Circuit) -> None:
    """And a success between them forgets them."""
    for _ in range(5):
        for _ in range(FAILURES - 1):
            circuit.failed("no answer", begun=circuit.clock())
        assert circuit.open_for() == 0
        circuit.succeeded()
    assert circuit.status() == "ok"


def test_it_opens_and_lets_one_try(circuit: Circuit, time: Time) -> None:
    """Whoever comes first after the pause; the others wait for the outcome, or for the next pause."""
    opened(circuit)
    assert circuit.open_for() == SHORTEST_PAUSE
    time.now += SHORTEST_PAUSE
    assert circuit.open_for() == 0
    assert circuit.open_for() > 0
    circuit.succeeded()
    assert circuit.open_for() == 0


def test_pauses_grow_up_to_a_minute(circuit: Circuit, time: Time) -> None:
    """Each trial that fails doubles them."""
    opened(circuit)
    pauses = []
    for _ in range(8):
        pauses.append(circuit.open_for())
        time.now += pauses[-1]
        assert circuit.open_for() == 0
        circuit.failed("no answer", begun=circuit.clock())
    assert pauses == [2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_trial_that_never_ends_is_followed_by_another(circuit: Circuit, time: Time) -> None:
    """The one who tried may have been cut off."""
    opened(circuit)
    time.now += SHORTEST_PAUSE
    assert circuit.open_for() == 0
    time.now += SHORTEST_PAUSE
    assert circuit.open_for() == 0


def test_it_is_said_once(circuit: Circuit, time: Time) -> None:
    """When it opens, and when it closes again, with how long that took."""
    with capture_logs() as logged:
        opened(circuit)
        for _ in range(9):
            circuit.failed("no answer", begun=circuit.clock())
        time.now += 90
        assert circuit.status() == "not answering for 90 s"
        circuit.succeeded()
        circuit.succeeded()
    assert [(line["event"], line["upstream"]) for line in logged] == [
        ("upstream.not_answering", "cloud"),
        ("upstream.recovered", "cloud"),
    ]
    assert logged[-1]["seconds"] == 90


def test_calls_in_flight_count_once(circuit: Circuit, time: Time) -> None:
    """Twenty calls were under way when the upstream fell silent: the pause stays the shortest."""
    begun = time.now
    for _ in range(20):
        time.now += 0.1
        circuit.failed("no answer", begun=begun)
    assert circuit.until_trial() <= SHORTEST_PAUSE
    time.now += SHORTEST_PAUSE
    assert circuit.open_for() == 0
    circuit.failed("no answer", begun=begun)  # one of the old ones, while the trial is out
    trial = circuit.clock()
    assert circuit.until_trial() == SHORTEST_PAUSE
    circuit.failed("no answer", begun=trial)
    assert circuit.until_trial() == 2 * SHORTEST_PAUSE


def test_asking_when_takes_no_trial(circuit: Circuit, time: Time) -> None:
    """Who only looks whether it is time leaves the trial to somebody who has a call to make."""
    opened(circuit)
    time.now += SHORTEST_PAUSE
    assert circuit.until_trial() == 0
    assert circuit.until_trial() == 0
    assert circuit.open_for() == 0
    assert circuit.open_for() == SHORTEST_PAUSE


async def test_the_clock_on_the_wall_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes back by an hour: the pause is as long as before."""
    circuit = opened(Circuit("cloud"))
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert 0 < circuit.open_for() <= SHORTEST_PAUSE
