"""Rules that can never decide: what is said of them is certain."""

import dataclasses
from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.globs import covers
from bot.domain.rule import SETTINGS, Machine, Match, Rule, Rulebook
from bot.domain.shadowed import shadowed

REGIONS = ("cn-north-1", "cn-east-2")
OTHERS = Rule(name=SETTINGS, channel="C1", approvers=("U1",), quorum=1)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("*", ""),
        ("*", "db-[ab]*?"),
        ("db-*", "db-*"),
        ("db-*", "db-1"),
        ("db-*", "db-eu-*"),
        ("db*", "db-*-1"),
        ("*-1", "db-*-1"),
        ("d?-*", "db-*"),
        ("*?", "?*"),
        ("?**", "*??"),
        ("db-?", "db-[0-9]"),
        ("db-[0-9]", "db-[0-9]"),
        ("db-[0-9]", "db-7"),
        ("[[]x", "[x"),
    ],
)
def test_covers(wide: str, narrow: str) -> None:
    """What one fits, the other fits."""
    assert covers(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("", "*"), ("db-*", "*"), ("db-?", "db-*"), ("db-1", "db-?"), ("db-[0-9]", "db-[a-z]"), ("DB-*", "db-*")],
)
def test_covers_not(wide: str, narrow: str) -> None:
    """There is a text that only the narrow one fits, or it cannot be told."""
    assert not covers(wide, narrow)


globs = st.text("ab*?[]!-", max_size=6)


@given(globs, globs, st.lists(st.text("ab[]!-", max_size=5), max_size=20))
@example("?", "[!]", ["[!]"])
@example("[a-?*]", "[a-*?]", ["b", "*"])
def test_what_covers_fits_all_of_it(wide: str, narrow: str, texts: list[str]) -> None:
    """Whatever the globs are."""
    if covers(wide, narrow):
        assert all(fnmatchcase(text, wide) for text in texts if fnmatchcase(text, narrow))
    if set(narrow).isdisjoint("*?["):
        assert covers(wide, narrow) == fnmatchcase(narrow, wide)


def rule(name: str, **match: tuple[str, ...] | tuple[tuple[str, str], ...]) -> Rule:
    return dataclasses.replace(OTHERS, name=name, match=Match(**match))  # type: ignore[arg-type]


def found(*rules: Rule) -> dict[str, tuple[str, ...]]:
    """The rules that never decide, with those that do instead."""
    return {one.rule.name: tuple(by.name for by in one.by) for one in shadowed(rules, REGIONS)}


def test_a_rule_after_one_that_takes_everything() -> None:
    """Whatever it names."""
    assert found(rule("all"), rule("db", names=("db-*",)), rule("x", tags=(("a", "b"),))) == {
        "db": ("all",),
        "x": ("all",),
    }


def test_a_rule_after_others_that_take_its_machines_between_them() -> None:
    """By region, name or id; one that is left is enough."""
    north, east = rule("north", regions=REGIONS[:1]), rule("east", regions=REGIONS[1:], names=("db-*", "pg-*"))
    assert found(north, east, rule("db", names=("db-eu-*",))) == {"db": ("north", "east")}
    assert found(north, rule("east", regions=REGIONS[1:]), rule("rest")) == {"rest": ("north", "east")}
    assert found(north, east, rule("rest")) == {}
    assert found(rule("a", instance_ids=("i-1", "i-2")), rule("b", instance_ids=("i-2",))) == {"b": ("a",)}
    assert found(rule("a", instance_ids=("i-1",)), rule("b", instance_ids=("i-1", "i-2"))) == {}
    assert found(rule("a", instance_ids=("i-1",)), rule("b", names=("*",))) == {}


def test_tags_must_all_be_there() -> None:
    """What has more tags is fewer machines."""
    prod, both = rule("prod", tags=(("env", "prod*"),)), rule("both", tags=(("env", "prod-1"), ("team", "db")))
    assert found(prod, both) == {"both": ("prod",)}
    assert found(both, prod) == {}
    assert found(prod, rule("test", tags=(("env", "test"),))) == {}
    assert found(rule("any", names=("*",)), prod) == {"prod": ("any",)}


some = {
    "regions": st.lists(st.sampled_from(REGIONS), max_size=2, unique=True).map(tuple),
    "names": st.lists(st.sampled_from(["*", "a*", "ab", "?b", "[ab]*", "*b"]), max_size=2, unique=True).map(tuple),
    "instance_ids": st.lists(st.sampled_from(["i-1", "i-2"]), max_size=2, unique=True).map(tuple),
    "tags": st.lists(st.tuples(st.sampled_from("kl"), st.sampled_from(["*", "v*", "vw"])), max_size=2).map(tuple),
}
books = st.lists(st.builds(Match, **some), max_size=4).map(
    lambda matches: [dataclasses.replace(OTHERS, name=f"{number}", match=one) for number, one in enumerate(matches)]
)
machines = st.builds(
    Machine,
    region=st.sampled_from(REGIONS),
    instance_id=st.sampled_from(["i-1", "i-2", "i-3"]),
    name=st.text("ab", max_size=3),
    tags=st.lists(st.tuples(st.sampled_from("kl"), st.sampled_from(["v", "vw", "w"])), max_size=2).map(tuple),
)


@given(books, st.lists(machines, max_size=30))
def test_a_shadowed_rule_decides_about_no_machine(rules: list[Rule], several: list[Machine]) -> None:
    """Whichever rules there are; and those named take what it would have taken."""
    book = Rulebook((*rules, OTHERS))
    for one in shadowed(rules, REGIONS):
        for machine in several:
            assert book.rule_for(machine).name != one.rule.name
            if one.rule.match.takes(machine):
                assert any(by.match.takes(machine) for by in one.by)
