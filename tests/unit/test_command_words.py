"""What somebody means by the words behind the command, however a phone or a paste has written them."""

import pytest

from bot.slack.protocol.command_words import Guess, Help, List, Nearly, Open, Status, understand


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Open()),
        ("  \n ", Open()),
        ("web-1", Open("web-1")),
        ("web-1 before-patch", Open("web-1", "before-patch")),
        ("web-1, before-patch", Open("web-1", "before-patch")),
        ("web-1，补丁前", Open("web-1", "补丁前")),
        ("`web-1` `before-patch`", Open("web-1", "before-patch")),
        ("“web-1”", Open("web-1")),
        ("‘web-1’.", Open("web-1")),
        ("\u00a0web-1\u3000before", Open("web-1", "before")),
        ("web–1", Open("web-1")),
        ("ｗｅｂ－１", Open("web-1")),
        ("*web-1*", Open("web-1")),
        ("_web_1_", Open("web_1")),
        ("<http://10.0.0.5|10.0.0.5>", Open("10.0.0.5")),
        ("<http://10.0.0.5>", Open("10.0.0.5")),
        ("http://10.0.0.5/", Open("10.0.0.5")),
        ("<tel:10005|10.0.0.5>", Open("10.0.0.5")),
        ("<http://web-1.example.com|web-1.example.com> nightly", Open("web-1.example.com", "nightly")),
        ("I-ABC123", Open("I-ABC123")),
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
        ("7k3qf", Status("IR-7K3QF", Open("7k3qf"))),
        ("web01", Status("IR-WEB01", Open("web01"))),
        ("hlep", Nearly("help", "hlep")),
        ("lst", Nearly("list", "lst")),
        ("stauts", Nearly("status", "stauts")),
        ("stauts IR-7K3QF", Guess("status IR-7K3QF")),
        ("status of IR-7K3QF please", Guess("status IR-7K3QF")),
        ("where is ir-7k3qf?", Guess("status IR-7K3QF")),
        ("status web-1", Guess("list")),
        ("please help", Guess("help")),
        ("show me the list", Guess("list")),
        ("web-1 before the patch", Guess("web-1 before-the-patch")),
        ("make me a sandwich", Guess("")),
        ("<!channel>", Guess("")),
        ("<@U0BEN>", Guess("")),
        ("x" * 3000, Guess("")),
        ("&lt;web-1&gt;", Guess("")),
    ],
)
def test_understand(text: str, meant: object) -> None:
    """Blanks, backticks, commas, quotes, dashes and links around a word change nothing; nonsense is no instance."""
    assert understand(text) == meant
