"""What somebody means by the words behind the command, however a phone or a paste has written them."""

import pytest

from bot.domain.time_zone import TimeZone
from bot.slack.protocol.command_words import Guess, Help, List, Open, Status, TooMany, understand
from bot.slack.protocol.freeze_words import FreezeFor, FrozenNow, NoDuration, Unfreeze

HOUR = 3600


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Open()),
        ("  \n ", Open()),
        ("web-1", Open(("web-1",))),
        ("web-1 before-patch", Open(("web-1", "before-patch"))),
        ("web-1, before-patch", Open(("web-1", "before-patch"))),
        ("web-1，补丁前", Open(("web-1", "补丁前"))),
        ("`web-1` `before-patch`", Open(("web-1", "before-patch"))),
        ("“web-1”", Open(("web-1",))),
        ("‘web-1’.", Open(("web-1",))),
        ("\u00a0web-1\u3000before", Open(("web-1", "before"))),
        ("web–1", Open(("web-1",))),
        ("ｗｅｂ－１", Open(("web-1",))),
        ("*web-1*", Open(("web-1",))),
        ("_web_1_", Open(("web_1",))),
        ("<http://10.0.0.5|10.0.0.5>", Open(("10.0.0.5",))),
        ("<http://10.0.0.5>", Open(("10.0.0.5",))),
        ("http://10.0.0.5/", Open(("10.0.0.5",))),
        ("<tel:10005|10.0.0.5>", Open(("10.0.0.5",))),
        ("<http://web-1.example.com|web-1.example.com> nightly", Open(("web-1.example.com", "nightly"))),
        ("I-ABC123", Open(("I-ABC123",))),
        ("help", Help()),
        ("HELP", Help()),
        ("?", Help()),
        ("帮助", Help()),
        ("help me", Help()),
        ("list", List()),
        ("List.", List()),
        ("列表", List()),
        ("status", List()),
        ("status IR-7K3QF", Status("IR-7K3QF")),
        ("status ir 7k3qf", Status("IR-7K3QF")),
        ("Status `7k3qf`", Status("IR-7K3QF")),
        ("IR-7K3QF", Status("IR-7K3QF")),
        ("ir-7k3qf", Status("IR-7K3QF")),
        ("IR 7K3QF", Status("IR-7K3QF")),
        ("ir—7k3qf", Status("IR-7K3QF")),
        ("IR-OI23L", Status("IR-01231")),
        ("7k3qf", Status("IR-7K3QF", Open(("7k3qf",)))),
        ("web01", Status("IR-WEB01", Open(("web01",)))),
        ("hlep", Guess("help", Open(("hlep",)))),
        ("lst", Guess("list", Open(("lst",)))),
        ("stauts", Guess("status", Open(("stauts",)))),
        ("stauts IR-7K3QF", Guess("status IR-7K3QF", Open(("stauts", "IR-7K3QF")))),
        ("stauts 7k3qf", Guess("status IR-7K3QF", Open(("stauts", "7k3qf")))),
        ("status of IR-7K3QF please", Guess("status IR-7K3QF")),
        ("where is ir-7k3qf?", Guess("status IR-7K3QF")),
        ("status web-1", Guess("list")),
        ("please help", Guess("help")),
        ("show me the list", Guess("list")),
        ("freeze 4h release week, don't ask.", FreezeFor(4 * HOUR, why="release week, don't ask")),
        ("Freeze 30m", FreezeFor(1800)),
        ("`freeze` for １h30m 发布，勿动", FreezeFor(1.5 * HOUR, why="发布，勿动")),
        ("冻结 7天", FreezeFor(7 * 24 * HOUR)),
        ("freeze 31d", FreezeFor(31 * 24 * HOUR)),
        (
            "freeze until 18:00 &lt;https://x|the release&gt; of &amp;",
            FreezeFor(clock=18 * 60, why="<https://x|the release> of &"),
        ),
        ("freeze until 9:05", FreezeFor(clock=9 * 60 + 5)),
        ("freeze 18：00", FreezeFor(clock=18 * 60)),
        ("freeze 4h " + "x" * 400, FreezeFor(4 * HOUR, why="x" * 299 + "…")),
        ("freeze", FrozenNow()),
        ("unfreeze", Unfreeze()),
        ("解冻", Unfreeze()),
        ("freeze 4", NoDuration("4")),
        ("freeze 0h", NoDuration("0h")),
        ("freeze 32d", NoDuration("32d")),
        ("freeze until 25:00", NoDuration("until 25:00")),
        ("freeze until 4h", NoDuration("until 4h")),
        ("freeze everything for 4h", NoDuration("everything")),
        ("freez 4h release", Guess("freeze 4h release", Open(("freez", "4h", "release")))),
        ("freez until 18:00", Guess("freeze until 18:00")),
        ("unfreez 4h", Guess("unfreeze", Open(("unfreez", "4h")))),
        ("freez everything", Guess("freeze everything", Open(("freez", "everything")))),
        ("freez the web servers", Guess("freeze the web servers", Open(("freez", "the", "web", "servers")))),
        ("unfreze now", Guess("unfreeze", Open(("unfreze", "now")))),
        ("freez", Status("IR-FREEZ", Guess("freeze", Open(("freez",))))),
        ("frezee", Guess("freeze", Open(("frezee",)))),
        ("hlep me", Guess("help", Open(("hlep", "me")))),
        ("stauts web-1", Guess("list", Open(("stauts", "web-1")))),
        ("stats", Status("IR-STATS", Guess("status", Open(("stats",))))),
        ("freezee", Guess("freeze", Open(("freezee",)))),
        ("unfreze", Guess("unfreeze", Open(("unfreze",)))),
        ("unfreeze payments", Guess("unfreeze")),
        ("web-1 before freeze", Guess("web-1 before-freeze", Open(("web-1", "before", "freeze")))),
        ("web-1 web-2 web-3", Open(("web-1", "web-2", "web-3"))),
        ("`web-1`, WEB-2、“web-1”；i-ABC，<http://10.0.0.5|10.0.0.5>", Open(("web-1", "WEB-2", "i-ABC", "10.0.0.5"))),
        ("web-1 and web-2 &amp; db_3", Open(("web-1", "web-2", "db_3"))),
        ("web-1 WEB-1", Open(("web-1",))),
        (" ".join(f"web-{one}" for one in range(10)), Open(tuple(f"web-{one}" for one in range(10)))),
        (" ".join(f"web-{one}" for one in range(11)), TooMany(11)),
        ("web cache mail", Guess("", Open(("web", "cache", "mail")))),
        ("web-1 before the patch", Guess("web-1 before-the-patch", Open(("web-1", "before", "the", "patch")))),
        ("image of web-1 and web-2 please", Guess("web-1 web-2", Open(("image", "of", "web-1", "web-2", "please")))),
        ("web-1 b@d", Open(("web-1", "b@d"))),
        ("make me a sandwich", Guess("", Open(("make", "me", "a", "sandwich")))),
        ("<!channel>", Guess("")),
        ("<@U0BEN>", Guess("")),
        ("x" * 3000, Guess("")),
        ("&lt;web-1&gt;", Guess("")),
    ],
)
def test_understand(text: str, meant: object) -> None:
    """Blanks, backticks, commas, quotes, dashes and links around a word change nothing; nonsense is no instance."""
    assert understand(text) == meant


@pytest.mark.parametrize(
    ("clock", "offset", "hours"),
    [(18 * 60, 0, 6), (12 * 60, 0, 24), (11 * 60, 0, 23), (18 * 60, 8 * HOUR, 22), (18 * 60, -8 * HOUR, 14)],
)
def test_a_time_of_the_day_is_the_next_one(clock: int, offset: int, hours: int) -> None:
    """By the clock of whoever types it; here it is noon in Greenwich."""
    noon = 20_000 * 24 * HOUR + 12 * HOUR
    assert FreezeFor(clock=clock).until(noon, TimeZone(utc_offset=offset)) == noon + hours * HOUR
