"""The rules: which one decides about a machine, and what several hold together."""

import dataclasses
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rule import SETTINGS, Machine, Match, Rule, Rulebook, Ticket

OTHERS = Rule(name=SETTINGS, channel="C0OPS", approvers=("U0BEN",), quorum=1)
DB = dataclasses.replace(OTHERS, name="db", match=Match(names=("db-*",)), quorum=2, approvers=("S0DBA",))
WEB = Machine(region="cn-north-1", instance_id="i-web", name="web-1")
DB_1 = Machine(region="cn-north-1", instance_id="i-db", name="db-1", tags=(("env", "prod"),))


def test_the_first_that_takes_it_decides() -> None:
    """Below all of them stand the settings."""
    book = Rulebook((DB, dataclasses.replace(DB, name="db-too"), OTHERS))
    assert book.rule_for(DB_1).name == "db"
    assert book.rule_for(WEB).name == SETTINGS
    assert book.ruleset([WEB, DB_1]).names == ("db", SETTINGS)


def test_a_match_takes_what_fits_in_everything_it_names() -> None:
    """What it leaves out takes all; what it misses is said by key."""
    match = Match(regions=("cn-north-1",), names=("db-?", "pg-*"), tags=(("env", "prod*"),))
    assert match.takes(DB_1)
    assert match.misses(WEB) == ("names", "tags")
    assert match.misses(dataclasses.replace(DB_1, region="cn-east-2", tags=())) == ("regions", "tags")
    assert Match(instance_ids=("i-db",)).takes(DB_1)
    assert Match().takes(WEB)


def test_a_ticket() -> None:
    """Found wherever the request carries it; it becomes a link where the rule says so."""
    ticket = Ticket(r"OPS-\d+", "https://tickets.example/{ticket}")
    assert ticket.found_in("patch", "see OPS-12.") == "OPS-12"
    assert ticket.address("OPS-12") == "https://tickets.example/OPS-12"
    assert ticket.found_in("OPS") == ""
    assert Ticket(r"\d*").found_in("none") == ""


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        (r"[A-Z]+-\d+", "ABC-123"),
        (r"OPS-[0-9]+", "OPS-123"),
        (r"\b(?:CR|RFC)-\d{3,5}\b", "CR-123"),
        (r"^(?P<team>OPS|DBA)/\d{2}$", "OPS/12"),
        (r"CHG\d{7}", "CHG1234567"),
        (r"[A-Z]{2,10}-[1-9]\d*", "ABC-1123"),
        (r"OPS[- ]?\d+", "OPS-123"),
        (r"工单\d+", "工单123"),
        (r"https://t\.example/\d+", "https://t.example/123"),
        ("x", "x"),
        (r"(?i)ops-\d+", ""),
        (r"(?<=#)\d+", ""),
        (r"(OPS-)+\d+", ""),
        (r"(\d)\1", ""),
        (r"[^ ]+", ""),
        (r".+", ""),
        (r"\d{100}", ""),
        (r" \d+", ""),
        ("(", ""),
        (r"[A-\d]", ""),
        ("", ""),
    ],
)
def test_an_example_of_a_ticket(pattern: str, example: str) -> None:
    """Only where it surely is one: what the pattern fits as a whole, and finds."""
    assert Ticket(pattern).example == example
    assert not example or Ticket(pattern).found_in(example) == example


def test_the_next_group_is_asked_too() -> None:
    """After so long, and nobody twice."""
    rule = dataclasses.replace(OTHERS, escalate_after=60.0, escalate_to=("U0BEN", "S0LEADS"))
    assert rule.after(59).approvers == ("U0BEN",)
    assert rule.after(60).approvers == ("U0BEN", "S0LEADS")


rules = st.lists(
    st.builds(
        Rule,
        name=st.text("abc", min_size=1, max_size=3),
        match=st.builds(Match, names=st.lists(st.sampled_from(["db-*", "web-*", "*-1", "x"]), max_size=2).map(tuple)),
        channel=st.sampled_from(["C0A", "C0B"]),
        approvers=st.just(("U0BEN",)),
        quorum=st.integers(1, 3),
        self_approval=st.booleans(),
        warning=st.sampled_from(["", "careful"]),
        refuse=st.sampled_from(["", "no"]),
    ),
    max_size=4,
    unique_by=lambda rule: rule.name,
)
machines = st.lists(
    st.builds(
        Machine,
        region=st.just("cn-north-1"),
        instance_id=st.text("i-1", min_size=1),
        name=st.sampled_from(["db-1", "web-1", "web-2", "x", ""]),
    ),
    max_size=4,
)


@given(rules, machines, st.randoms())
def test_the_order_of_machines_does_not_matter(found: list[Rule], several: list[Machine], random: Random) -> None:
    """Nor does their number: what one of them is refused for, all of them together are."""
    book = Rulebook((*found, OTHERS))
    shuffled = list(several)
    random.shuffle(shuffled)
    together = book.ruleset(several)
    assert book.ruleset(shuffled) == together
    for machine in several:
        alone = book.ruleset([machine])
        assert set(alone.refusals) <= set(together.refusals)
        assert set(alone.warnings) <= set(together.warnings)
        assert set(alone.channels) <= set(together.channels)
        assert alone.self_approval or not together.self_approval
