"""The policy file: what it says, what holds where it says nothing, and what is told of its mistakes."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import Hours, Window
from bot.domain.rule import SETTINGS, Match, Rule, Rulebook, Ticket
from bot.settings import PolicyError, Settings, SettingsError, load_policy, load_policy_file, load_settings
from tests.unit.test_settings import REQUIRED

EVERY_DAY, WORKDAYS = frozenset(range(7)), frozenset(range(5))
BELOW = Rule(name=SETTINGS, channel="C012AB3CD", approvers=("U1",), quorum=1, remind_after=(3_600.0, 14_400.0))
"""What the required settings say."""


def with_file(folder: Path, text: str | bytes, **variables: str) -> Settings:
    """The settings with a policy file that says this."""
    file = folder / "policy.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings({**REQUIRED, **variables, "POLICY_FILE": str(file)})


def mistakes(folder: Path, text: str | bytes, **variables: str) -> list[str]:
    """What is told of the file, without its folder."""
    with pytest.raises(PolicyError) as caught:
        load_policy(with_file(folder, text, **variables))
    assert str(caught.value).splitlines()[0] == "The policy file has mistakes:"
    for told in caught.value.mistakes:
        assert f"  {told}" in str(caught.value).splitlines()
    return [told.removeprefix(f"{folder}/policy.toml") for told in caught.value.mistakes]


def mistake(folder: Path, keys: str, **variables: str) -> str:
    """What is told of the only mistake of a rule, which has these keys from its third line on."""
    (told,) = mistakes(folder, f'[[rule]]\nname = "db"\n{keys}\n', **variables)
    return told


def rule(folder: Path, keys: str, **variables: str) -> Rule:
    """The rule that these keys say."""
    return load_policy(with_file(folder, f'[[rule]]\nname = "db"\n{keys}\n', **variables)).rules[0]


def test_without_a_file() -> None:
    """The book is the settings, and has no hash."""
    assert load_policy(load_settings(REQUIRED)) == Rulebook((BELOW,))
    everything = {
        "APPROVAL_CHANNEL": "C1",
        "APPROVERS": "U1,S2",
        "REQUIRED_APPROVALS": "2",
        "REQUESTERS": "U3",
        "ALLOW_SELF_APPROVAL": "true",
        "ALLOW_STOPPING": "false",
        "ALLOW_LIVE_IMAGES": "true",
        "REMIND_AFTER": "",
    }
    assert load_policy(load_settings(REQUIRED | everything)).rules == (
        Rule(
            name=SETTINGS,
            channel="C1",
            approvers=("U1", "S2"),
            quorum=2,
            requesters=("U3",),
            self_approval=True,
            stopping=False,
            live=True,
        ),
    )


def test_what_a_rule_leaves_out_the_settings_say(tmp_path: Path) -> None:
    """All of it, and a rule without `match` takes every machine."""
    assert rule(tmp_path, "") == dataclasses.replace(BELOW, name="db")
    variables = {"APPROVERS": "U1,U2", "REQUIRED_APPROVALS": "2", "REQUESTERS": "S3", "REMIND_AFTER": "5m"}
    found = rule(tmp_path, 'channel = "C9"', **variables)
    assert (found.approvers, found.quorum, found.requesters) == (("U1", "U2"), 2, ("S3",))
    assert (found.channel, found.remind_after) == ("C9", (300.0,))


def test_the_book_ends_with_the_settings_and_carries_the_hash_of_the_bytes(tmp_path: Path) -> None:
    """In the order of the file; of a file with nothing in it too."""
    text = '[[rule]]\r\nname = "b"\r\n[[rule]]\r\nname = "a"\r\n'
    book = load_policy(with_file(tmp_path, text))
    assert [one.name for one in book.rules] == ["b", "a", SETTINGS]
    assert book.hash == hashlib.sha256(text.encode()).hexdigest()
    assert load_policy(with_file(tmp_path, "")) == Rulebook((BELOW,), hashlib.sha256(b"").hexdigest())


def test_a_mark_of_the_byte_order(tmp_path: Path) -> None:
    """Editors of Windows write one."""
    written = b'\xef\xbb\xbf[[rule]]\nname = "db"\n'
    book = load_policy(with_file(tmp_path, written))
    assert (book.rules[0].name, book.hash) == ("db", hashlib.sha256(written).hexdigest())


def test_every_key(tmp_path: Path) -> None:
    """As the rule has it: ids once, times in seconds, windows in minutes."""
    found = rule(
        tmp_path,
        """
match = { regions = ["cn-north-1"], names = ["db-*", "db-*"], instance_ids = ["i-a-1"], tags = { env = "prod*" } }
channel = "G1"
approvers = ["U1", "S2", "U1"]
quorum = 3
requesters = ["W3"]
self_approval = true
stopping = false
live = true
hours = { times = ["mon-fri 22:00-04:00", "Sat,sun 00:00-24:00", "09:30-10:00", "fri-mon 10:00-11:00"], zone = "UTC" }
ticket = { pattern = 'OPS-\\d+', link = "https://t.example/x?id={ticket}" }
warning = " Mind the shift. "
remind_after = ["90s", "1.5h", "1d"]
remind_hours = { times = ["mon 09:00-18:00"], zone = "Asia/Shanghai" }
escalate_after = "2h"
escalate_to = ["S4"]
refuse = "no"
emergency = ["S5"]
""",
    )
    assert found == Rule(
        name="db",
        match=Match(regions=("cn-north-1",), names=("db-*",), instance_ids=("i-a-1",), tags=(("env", "prod*"),)),
        channel="G1",
        approvers=("U1", "S2"),
        quorum=3,
        requesters=("W3",),
        self_approval=True,
        stopping=False,
        live=True,
        hours=Hours(
            (
                Window(WORKDAYS, 1320, 240),
                Window(frozenset({5, 6}), 0, 1440),
                Window(EVERY_DAY, 570, 600),
                Window(frozenset({4, 5, 6, 0}), 600, 660),
            ),
            "UTC",
        ),
        ticket=Ticket(r"OPS-\d+", "https://t.example/x?id={ticket}"),
        warning="Mind the shift.",
        remind_after=(90.0, 5_400.0, 86_400.0),
        remind_hours=Hours((Window(frozenset({0}), 540, 1080),), "Asia/Shanghai"),
        escalate_after=7_200.0,
        escalate_to=("S4",),
        refuse="no",
        emergency=("S5",),
    )


def test_reminders_keep_the_hours_of_the_rule(tmp_path: Path) -> None:
    """Unless it has others for them; an empty list switches them off."""
    hours = 'hours = { times = ["10:00-12:00"], zone = "UTC" }'
    found = rule(tmp_path, hours)
    assert found.remind_hours == found.hours == Hours((Window(EVERY_DAY, 600, 720),), "UTC")
    assert rule(tmp_path, "remind_after = []").remind_after == ()


def test_an_empty_list_lets_everybody_ask(tmp_path: Path) -> None:
    """Though the settings name who may."""
    assert rule(tmp_path, "requesters = []", REQUESTERS="U3").requesters == ()


def test_which_keys_a_rule_says(tmp_path: Path) -> None:
    """Also where it says what the settings say."""
    text = (
        '[[rule]]\nname = "db"\nquorum = 1\n[rule.hours]\ntimes = ["10:00-12:00"]\nzone = "UTC"\n[[rule]]\nname = "b"'
    )
    assert load_policy_file(with_file(tmp_path, text)).said == {
        "db": frozenset({"name", "quorum", "hours"}),
        "b": frozenset({"name"}),
    }


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("quorum = 0", "quorum: 0 is not valid; expected a whole number from 1 to 100"),
        ("quorum = 101", "quorum: 101 is not valid"),
        ('quorum = "2"', 'quorum: "2" is not valid'),
        ("quorum = true", "quorum: true is not valid"),
        ("quorum = 2", "quorum: 2 approvals can never be reached, as only 1 may approve; expected a whole number"),
        ('name2 = "x"', "name2: is no key; did you mean name?"),
        ("self-approval = true", "self-approval: is no key; did you mean self_approval?"),
        ("zz = 1", "zz: is no key; expected one of name, match, channel,"),
        ("zz = {}", "zz: is no key; expected one of"),
        ("live = 1", "live: 1 is not valid; expected true or false"),
        ('stopping = "no"', 'stopping: "no" is not valid; expected true or false'),
        ('channel = "#ops"', 'channel: "#ops" is not valid; expected the id of a conversation'),
        ("channel = 2026-11-30", "channel: a date or a time is not valid"),
        ('approvers = ["@ann", "U1"]', 'approvers: not valid: "@ann"; expected a list of ids of people'),
        ('approvers = "U1"', 'approvers: "U1" is not valid; expected a list'),
        ("approvers = [1]", "approvers: 1 is not valid; expected a list"),
        ("approvers = []", "approvers: the list is empty"),
        ('requesters = ["C1"]', 'requesters: not valid: "C1"'),
        ('emergency = ["x"]', 'emergency: not valid: "x"'),
        ('match = "db-*"', 'match: "db-*" is not valid; expected a table such as { names = ["db-*"] }'),
        ('match = { name = ["a"] }', "match.name: is no key; did you mean names?"),
        ('match = { names = "a" }', 'match.names: "a" is not valid'),
        ("match = { names = [] }", "match.names: the list is empty"),
        ('match = { names = [" "] }', "match.names: one of them is empty"),
        ('match = { regions = ["cn-nowhere-1"] }', "match.regions: not in JDCLOUD_REGIONS: cn-nowhere-1"),
        ('match = { instance_ids = ["web-1"] }', 'match.instance_ids: not valid: "web-1"'),
        ("match = { tags = {} }", "match.tags: the table is empty"),
        ("match = { tags = { env = 1 } }", "match.tags.env: 1 is not valid; expected a table of globs"),
        ('match = { tags = { "" = "a" } }', "match.tags: a tag without a key"),
        ('hours = "mon 10:00-11:00"', 'hours: "mon 10:00-11:00" is not valid; expected a table such as { times ='),
        ('hours = { times = ["10:00-11:00"] }', "hours.zone: is not set; expected a time zone"),
        ('hours = { zone = "UTC" }', "hours.times: is not set; expected a list of windows"),
        ('hours = { times = [], zone = "UTC" }', "hours.times: the list is empty"),
        ('hours = { times = ["10:00-10:00"], zone = "UTC" }', 'hours.times: "10:00-10:00" is no time at all; 00:00-24'),
        ('hours = { times = ["10-11"], zone = "UTC" }', 'hours.times: "10-11" is no window of time'),
        ('hours = { times = [""], zone = "UTC" }', 'hours.times: "" is no window of time'),
        ('hours = { times = ["mon tue 10:00-11:00"], zone = "UTC" }', "hours.times: "),
        ('hours = { times = ["10:00-24:01"], zone = "UTC" }', 'hours.times: "10:00-24:01": a day has 24 hours'),
        ('hours = { times = ["24:00-02:00"], zone = "UTC" }', 'hours.times: "24:00-02:00": a day has 24 hours'),
        ('hours = { times = ["10:60-11:00"], zone = "UTC" }', "hours.times: "),
        ('hours = { times = ["moon 10:00-11:00"], zone = "UTC" }', 'hours.times: "moon" is no day of the week'),
        ('hours = { times = ["mon, 10:00-11:00"], zone = "UTC" }', 'hours.times: "" is no day of the week'),
        ('hours = { times = ["10:00-11:00"], zone = "Mars/One" }', 'hours.zone: "Mars/One" is no time zone'),
        ('hours = { times = ["10:00-11:00"], zone = "Asia" }', 'hours.zone: "Asia" is no time zone'),
        ('hours = { times = ["10:00-11:00"], zone = "/etc/passwd" }', 'hours.zone: "/etc/passwd" is no time zone'),
        ('hours = { times = ["10:00-11:00"], zone = "" }', 'hours.zone: "" is no time zone'),
        ('remind_hours = { times = ["x"], zone = "UTC" }', 'remind_hours.times: "x" is no window of time'),
        ("ticket = {}", "ticket.pattern: is not set; expected a regular expression"),
        ('ticket = { pattern = "(" }', 'ticket.pattern: "(" is no regular expression: missing ), unterminated'),
        ("ticket = { pattern = '\\d*' }", 'ticket.pattern: "\\d*" fits a text without any ticket'),
        ('ticket = { pattern = "x", link = "https://t.example" }', 'ticket.link: "https://t.example" has no {ticket}'),
        ('ticket = { pattern = "x", link = "t/{ticket}" }', 'ticket.link: "t/{ticket}" is no address'),
        ('ticket = { pattern = "x", link = "https://{ticket}/" }', 'ticket.link: "https://{ticket}/" is no address'),
        ('ticket = { pattern = "x", link = "https://t/{ticket}|x" }', "ticket.link: "),
        ('ticket = { pattern = "x", link = "https://[t/{ticket}" }', "ticket.link: "),
        ('warning = ""', "warning: is empty; expected a line of at most 300 characters"),
        (f'warning = "{"x" * 301}"', "warning: 301 characters are too many"),
        ('warning = "a\\nb"', "warning: has several lines"),
        ('refuse = " "', "refuse: is empty; expected a line of at most 300 characters, which says why"),
        ('remind_after = ["4h", "1h"]', "remind_after: each must be later than the one before"),
        ('remind_after = ["1h", "1h"]', "remind_after: each must be later than the one before"),
        ('remind_after = ["soon", "1x"]', 'remind_after: "soon" is not a duration, "1x" is not a duration'),
        ("remind_after = [3600]", 'remind_after: "3600" is not a duration'),
        ('remind_after = "1h"', 'remind_after: "1h" is not valid; expected a list of rising durations'),
        ('escalate_after = "2h"', "escalate_to: is not set, and escalate_after is"),
        ('escalate_to = ["S1"]', "escalate_to: is set, and escalate_after is not"),
        ('escalate_after = 2\nescalate_to = ["S1"]', "escalate_after: 2 is not valid; expected a duration"),
    ],
)
def test_each_mistake(tmp_path: Path, keys: str, told: str) -> None:
    """Where it is, what is wrong, and what is expected or nearest."""
    line = 1 if "is not set" in told and told.startswith("escalate") else 3
    assert mistake(tmp_path, keys).startswith(f':{line}: rule "db": {told}')


def test_every_mistake_at_once(tmp_path: Path) -> None:
    """In the order of the file, each on its line, with names that cannot be shown or are not there."""
    text = """\
title = "Rules"

[[rule]]
name = "db"
approvers = [
  "U1",
  "U 2",
]
quorum = 0

[[rule]]
quorum = 3
[rule.match]
names = ["a"]
regions = ["cn-east-9"]
[rule.match.tags]
env = 1

[[rule]]
name = "db "
ticket = { pattern = "x", lnik = "y" }
"""
    told = [told.split("; ")[0] for told in mistakes(tmp_path, text)]
    assert told == [
        ":1: title: is no key",
        ':5: rule "db": approvers: not valid: "U 2"',
        ':9: rule "db": quorum: 0 is not valid',
        ":11: rule 2: name: is not set",
        ":12: rule 2: quorum: 3 approvals can never be reached, as only 1 may approve",
        ":15: rule 2: match.regions: not in JDCLOUD_REGIONS: cn-east-9",
        ":17: rule 2: match.tags.env: 1 is not valid",
        ':20: rule "db ": name: rule 1 is called so too',
        ':21: rule "db ": ticket.lnik: is no key',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[rule]\nname = "db"', ":1: rule: a table is not valid; expected tables that begin with [[rule]]"),
        ("\nrule = 1", ":2: rule: 1 is not valid; expected tables that begin with [[rule]]"),
        ("rule = [1]", ":1: rule 1: 1 is not valid; expected tables that begin with [[rule]]"),
        ('\n\n[[rules]]\nname = "db"', ":3: rules: is no key; did you mean rule?"),
        ("[[rule]]\nname = 1", ":2: rule 1: name: 1 is not valid; expected a line"),
        ('[[rule]]\nname = ""', ":2: rule 1: name: is empty; expected a line"),
        (f'[[rule]]\nname = "{"x" * 51}"', f':2: rule "{"x" * 51}": name: 51 characters are too many; expected'),
        ("[[rule]]\nname = ", ":2: Invalid value; expected TOML"),
        ('[[rule]]\nname = "db"\nquorum = 1\nquorum = 2', ":4: Cannot overwrite a value; expected TOML"),
        ('[[rule]]\nname = "db', ":2: Unterminated string; expected TOML"),
        ('# in\n# Latin-1\n[[rule]]\nname = "é"'.encode("latin-1"), ":4: is not UTF-8; expected a TOML file in UTF-8"),
    ],
)
def test_a_file_that_is_something_else(tmp_path: Path, text: str | bytes, told: str) -> None:
    """Not TOML, not UTF-8, or other tables than rules."""
    (found,) = mistakes(tmp_path, text)
    assert found.startswith(told)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Not there, or a folder: by its path, as the settings have it."""
    for path, why in ((tmp_path / "none.toml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(SettingsError) as caught:
            load_policy(load_settings({**REQUIRED, "POLICY_FILE": str(path)}))
        (told,) = caught.value.mistakes
        assert told.startswith(f"{path}: cannot be read: {why}")


def test_a_quorum_of_those_who_are_asked_later_too(tmp_path: Path) -> None:
    """They count, and a group may be of any size; a quorum of the settings is held against the rule's people."""
    later = 'escalate_after = "2h"\nescalate_to = ["U2"]\n'
    assert rule(tmp_path, f"{later}quorum = 2").quorum == 2
    assert mistake(tmp_path, f"{later}quorum = 3").startswith(':5: rule "db": quorum: 3 approvals can never be reached')
    assert rule(tmp_path, 'approvers = ["S1"]\nquorum = 9').quorum == 9
    settings = {"APPROVERS": "U1,U2", "REQUIRED_APPROVALS": "2"}
    told = mistake(tmp_path, 'approvers = ["U3"]', **settings)
    assert told.startswith(':1: rule "db": quorum: 2 approvals can never be reached, as only 1 may approve')


people = st.lists(st.sampled_from(["U1", "U2", "W3", "S4", "S5"]), min_size=1, max_size=3, unique=True)
days = st.frozensets(st.integers(0, 6), min_size=1)
windows = st.builds(Window, days, st.integers(0, 1439), st.integers(0, 1440)).filter(lambda one: one.begin != one.end)
hours = st.builds(
    Hours, st.lists(windows, min_size=1, max_size=3).map(tuple), st.sampled_from(["UTC", "Europe/Berlin"])
)
words = st.text("ab \"'\\#[]{}=é\U0001f600", min_size=1, max_size=8).map(str.strip).filter(bool)
matches = st.fixed_dictionaries(
    {},
    optional={
        "regions": st.lists(st.sampled_from(["cn-north-1", "cn-east-2"]), min_size=1, unique=True),
        "names": st.lists(words, min_size=1, max_size=3, unique=True),
        "instance_ids": st.lists(
            st.from_regex(r"i-[a-z0-9]{1,9}", fullmatch=True), min_size=1, max_size=3, unique=True
        ),
        "tags": st.dictionaries(words, words, min_size=1, max_size=3),
    },
)
plain = {
    "channel": st.from_regex(r"[CGD][A-Z0-9]{1,9}", fullmatch=True),
    "requesters": st.just([]) | people,
    "self_approval": st.booleans(),
    "stopping": st.booleans(),
    "live": st.booleans(),
    "warning": words,
    "refuse": words,
    "emergency": people,
}
rules = st.fixed_dictionaries(
    {"name": words, "approvers": people.map(lambda ids: ["S9", *ids]), "quorum": st.integers(1, 100)},
    optional=plain
    | {
        "match": matches,
        "hours": hours,
        "remind_hours": hours,
        "remind_after": st.sets(st.integers(1, 9_999), max_size=3).map(sorted),
        "escalation": st.tuples(st.integers(1, 9_999), people),
    },
)
files = st.lists(rules, max_size=4, unique_by=lambda one: one["name"])


def said(one: Mapping[str, Any]) -> Rule:
    """The rule that was drawn."""
    match: dict[str, Any] = {key: as_held(value) for key, value in one.get("match", {}).items()}
    keys: dict[str, Any] = {key: as_held(value) for key, value in one.items() if key in plain}
    after, to = one.get("escalation", (None, ()))
    return dataclasses.replace(
        BELOW,
        **keys,
        name=one["name"],
        match=Match(**match),
        approvers=tuple(one["approvers"]),
        quorum=one["quorum"],
        hours=one.get("hours"),
        remind_hours=one.get("remind_hours", one.get("hours")),
        remind_after=tuple(map(float, one.get("remind_after", BELOW.remind_after))),
        escalate_after=after and float(after),
        escalate_to=tuple(to),
    )


def as_held(value: object) -> object:
    """A list or a table of the file, as a rule has it."""
    return tuple(value.items()) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value


def keys_of(one: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the file for it."""
    keys = {key: value for key, value in one.items() if key != "escalation"}
    if "escalation" in one:
        keys |= {"escalate_after": f"{one['escalation'][0]}s", "escalate_to": one["escalation"][1]}
    if "remind_after" in one:
        keys["remind_after"] = [f"{seconds}s" for seconds in one["remind_after"]]
    for key in keys.keys() & {"hours", "remind_hours"}:
        keys[key] = {"times": [str(window) for window in keys[key].windows], "zone": keys[key].zone}
    return keys


def toml(value: object) -> str:
    """A value of TOML."""
    match value:
        case dict():
            return f"{{ {', '.join(f'{toml(key)} = {toml(one)}' for key, one in value.items())} }}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def shuffled(keys: Mapping[str, Any], random: Random) -> list[tuple[str, Any]]:
    """In any order."""
    return random.sample(list(keys.items()), len(keys))


def laid_out(drawn: list[Mapping[str, Any]], random: Random) -> str:
    """A file that says it: with keys in any order, and tables in any of the ways of TOML."""
    lines: list[str] = []
    for one in drawn:
        tables: list[str] = []
        lines.append("[[rule]]")
        for key, value in shuffled(keys_of(one), random):
            way = random.choice(["inline", "dotted", "table"]) if isinstance(value, dict) else "inline"
            inside = [(toml(name), toml(what)) for name, what in shuffled(value, random)] if way != "inline" else []
            if way == "table":
                tables += [f"  [rule.{key}] # of it", *(f"  {name} = {what}" for name, what in inside)]
            elif inside:
                lines += [f"{key}.{name} = {what}" for name, what in inside]
            else:
                lines.append(f"{key} = {toml(value)}")
        lines += tables
    return "\n".join(lines)


@given(files, st.randoms(use_true_random=False))
def test_files_say_what_they_say(tmp_path_factory: pytest.TempPathFactory, drawn: list[Any], random: Random) -> None:
    """However they are laid out, and in whichever order the keys stand."""
    folder = tmp_path_factory.getbasetemp()
    expected = (*map(said, drawn), BELOW)
    for _ in range(2):
        text = laid_out(drawn, random)
        found = load_policy(with_file(folder, text))
        assert [with_tags_in_order(one) for one in found.rules] == [with_tags_in_order(one) for one in expected]
        assert found.hash == hashlib.sha256(text.encode()).hexdigest()


def with_tags_in_order(one: Rule) -> Rule:
    """Tags come in the order of the file, which means nothing."""
    return dataclasses.replace(one, match=dataclasses.replace(one.match, tags=tuple(sorted(one.match.tags))))


@given(files.filter(bool), st.randoms(use_true_random=False), st.data())
def test_a_slip_is_found_on_its_line(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Any], random: Random, data: st.DataObject
) -> None:
    """One letter more in any key of any rule: nothing else is told, and its line is right."""
    folder = tmp_path_factory.getbasetemp()
    lines = laid_out(drawn, random).split("\n")
    keys = [number for number, line in enumerate(lines) if not line.lstrip().startswith("[") and "=" in line]
    optional = [number for number in keys if lines[number].split(" ")[0] in plain]
    if not optional:
        return
    number = data.draw(st.sampled_from(optional))
    lines[number] = f"x{lines[number]}"
    (told,) = mistakes(folder, "\n".join(lines))
    assert told.startswith(f":{number + 1}: rule ")
    assert f": x{lines[number].split(' ')[0][1:]}: is no key; did you mean " in told
