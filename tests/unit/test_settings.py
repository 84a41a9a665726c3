"""The settings: what counts as not set, what each variable takes, and that no secret is ever shown."""

import ast
import traceback
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.settings import Settings, SettingsError, load_database_settings, load_settings
from bot.settings.values import written

ROOT = Path(__file__).parents[2]
REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "signed",
    "JDCLOUD_ACCESS_KEY": "key",
    "JDCLOUD_SECRET_KEY": "hidden",
    "APPROVAL_CHANNEL": "C012AB3CD",
    "APPROVERS": "U1",
}


def load(**variables: str) -> Settings:
    return load_settings({**REQUIRED, **variables})


def mistakes(environ: dict[str, str]) -> dict[str, str]:
    """What is told about each variable."""
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    for mistake in caught.value.mistakes:
        assert f"  {mistake}" in str(caught.value).splitlines()
    told = [mistake.split(": ", 1) for mistake in caught.value.mistakes]
    assert len({name for name, _ in told}) == len(told)
    return {name: text for name, text in told}  # noqa: C416 -- dict() of lists of two does not type


def mistake(name: str, value: str, **others: str) -> str:
    """What is told about the only variable that is wrong."""
    told = mistakes({**REQUIRED, **others, name: value})
    assert list(told) == [name]
    return told[name]


def test_defaults() -> None:
    """With only what is required, everything else is as the design says."""
    settings = load()
    assert settings.slack_app_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.jdcloud_session_token is None
    assert settings.jdcloud_regions == ("cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1")
    assert settings.jdcloud_vm_endpoint == "https://vm.jdcloud-api.com"
    assert settings.jdcloud_disk_endpoint == "https://disk.jdcloud-api.com"
    assert settings.database_url.get_secret_value() == "sqlite:///createimage.db"
    assert settings.requesters == ()
    assert settings.required_approvals == 1
    assert settings.allow_self_approval is False
    assert settings.allow_stopping is True
    assert settings.allow_live_images is False
    assert settings.approval_ttl == timedelta(days=1)
    assert settings.policy_file is None
    assert settings.remind_after == (timedelta(hours=1), timedelta(hours=4))
    assert settings.poll_interval == 10
    assert settings.jdcloud_timeout == 30
    assert settings.launch_grace == 120
    assert settings.lease_ttl == 60
    assert (settings.host, settings.port) == ("0.0.0.0", 3000)
    assert settings.log_level == "info"
    assert settings.log_format is None


def test_required_are_kept() -> None:
    """What is required arrives as it was written."""
    settings = load()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack_signing_secret is not None
    assert settings.slack_signing_secret.get_secret_value() == "signed"
    assert settings.jdcloud_access_key.get_secret_value() == "key"
    assert settings.jdcloud_secret_key.get_secret_value() == "hidden"
    assert settings.approval_channel == "C012AB3CD"
    assert settings.approvers == ("U1",)


def test_every_variable_is_described() -> None:
    """Each field says what it means, for the README and for whoever reads an error."""
    for field in Settings.model_fields.values():
        assert field.description
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["expected"]


def test_nothing_set() -> None:
    """An empty environment tells all that is required in one go."""
    told = mistakes({})
    assert set(told) == set(REQUIRED)
    assert all(text.startswith("is not set; expected ") for text in told.values())


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_blank_is_not_set(blank: str) -> None:
    """A blank variable means the default, or that it is missing."""
    assert load(PORT=blank, LOG_FORMAT=blank, JDCLOUD_REGIONS=blank) == load()
    assert mistake("APPROVERS", blank).startswith("is not set")


def test_every_mistake_at_once() -> None:
    """One look at the errors is enough, with the checks across variables among them."""
    wrong = {
        "SLACK_BOT_TOKEN": "xoxp-1",
        "SLACK_APP_TOKEN": "xoxb-1",
        "SLACK_API_URL": "ftp://slack.com",
        "JDCLOUD_SESSION_TOKEN": "in two",
        "JDCLOUD_REGIONS": "Beijing",
        "JDCLOUD_VM_ENDPOINT": "vm.jdcloud-api.com",
        "JDCLOUD_DISK_ENDPOINT": "https://",
        "DATABASE_URL": "mysql://a:b@c/d",
        "APPROVAL_CHANNEL": "#images",
        "REQUESTERS": "@anna",
        "REQUIRED_APPROVALS": "2",
        "ALLOW_SELF_APPROVAL": "perhaps",
        "ALLOW_STOPPING": "never",
        "ALLOW_LIVE_IMAGES": "maybe",
        "APPROVAL_TTL": "soon",
        "REMIND_AFTER": "1h,now",
        "POLL_INTERVAL": "0",
        "LAUNCH_GRACE": "-1",
        "LEASE_TTL": "0",
        "HOST": "a b",
        "PORT": "65536",
        "LOG_LEVEL": "loud",
        "LOG_FORMAT": "xml",
    }
    told = mistakes({"APPROVERS": "U1", **wrong})
    assert set(told) == {*wrong, "JDCLOUD_ACCESS_KEY", "JDCLOUD_SECRET_KEY"}
    assert all("; expected " in text for text in told.values())


def test_unknown_variables_are_ignored() -> None:
    """The environment holds much that is not the bot's, in any case of letters."""
    assert load(PATH="/bin", port="1", SLACK_TEAM="x") == load()


def test_the_process_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a mapping the environment of the process is read; with one it is not."""
    for name, value in {**REQUIRED, "PORT": "4000"}.items():
        monkeypatch.setenv(name, value)
    assert load_settings().port == 4000
    assert load().port == 3000
    with pytest.raises(SettingsError):
        load_settings({})


def test_frozen() -> None:
    """Nobody changes a setting after the start."""
    with pytest.raises(ValidationError):
        load().port = 1  # type: ignore[misc]


SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-",
    "SLACK_APP_TOKEN": "xapp-",
    "SLACK_SIGNING_SECRET": "",
    "JDCLOUD_ACCESS_KEY": "",
    "JDCLOUD_SECRET_KEY": "",
    "JDCLOUD_SESSION_TOKEN": "",
    "DATABASE_URL": "postgresql://bot:",
}
MARKERS = st.text("abcdefghijkmnpqrstuvwyz", min_size=3, max_size=30).map(lambda text: f"PLANTED{text}")


@pytest.mark.parametrize(("name", "prefix"), SECRETS.items())
@given(marker=MARKERS)
def test_no_secret_is_shown(name: str, prefix: str, marker: str) -> None:
    """The settings keep a secret out of every way they are printed."""
    settings = load(**{name: f"{prefix}{marker}@host/db" if name == "DATABASE_URL" else prefix + marker})
    assert marker in getattr(settings, name.lower()).get_secret_value()
    for shown in (
        repr(settings),
        str(settings),
        f"{settings}",
        repr(settings.model_dump()),
        settings.model_dump_json(),
    ):
        assert marker not in shown


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("shape", ["{} {}", "é{}", "xoxp-{}\x00", "mysql://bot:{}@host/db é"])
@given(marker=MARKERS)
def test_no_wrong_secret_is_shown(name: str, shape: str, marker: str) -> None:
    """A secret that is turned away is not in the error, its cause or its traceback."""
    with pytest.raises(SettingsError) as caught:
        load(**{name: shape.format(marker, marker), "PORT": "x"})
    assert [told.split(":")[0] for told in caught.value.mistakes] == [
        field.upper() for field in Settings.model_fields if field.upper() in {name, "PORT"}
    ]
    error = caught.value
    for shown in (str(error), repr(error), "".join(traceback.format_exception(error))):
        assert marker not in shown
    assert error.__cause__ is None
    assert error.__context__ is None


@given(marker=MARKERS)
@pytest.mark.parametrize("name", ["SLACK_API_URL", "JDCLOUD_VM_ENDPOINT", "JDCLOUD_DISK_ENDPOINT"])
def test_addresses_carry_no_password(name: str, marker: str) -> None:
    """A password in an address is turned away, and not shown on the way."""
    assert marker not in mistake(name, f"https://u:{marker}@h")


@pytest.mark.parametrize("name", ["APPROVERS", "REQUESTERS", "JDCLOUD_REGIONS", "PORT", "APPROVAL_TTL", "LOG_LEVEL"])
def test_a_secret_in_the_wrong_place_is_not_shown(name: str) -> None:
    """A value too long for its variable may be a secret pasted into the wrong line."""
    assert mistake(name, "f00d" * 8).startswith(("not valid: a value of 32 characters", "a value of 32 characters"))


def test_a_short_wrong_value_is_shown() -> None:
    """Of a list only the items that are wrong are named."""
    assert mistake("APPROVERS", "U1,@anna,W2,bob").startswith('not valid: "@anna", "bob"; expected ids of people')
    assert mistake("PORT", "http").startswith('"http" is not valid; expected a whole number')
    assert mistake("PORT", "1\n\x1b[2K").startswith("a value of 6 characters is not valid")  # would move the cursor


def test_secrets_are_trimmed() -> None:
    """A secret read from a file ends in a line break, which is not part of it."""
    settings = load(SLACK_BOT_TOKEN=" xoxb-1\r\n", JDCLOUD_SECRET_KEY="\thidden\n")
    assert settings == load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_BOT_TOKEN", '"xoxb-1"'),
        ("SLACK_APP_TOKEN", "xapp-"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_SIGNING_SECRET", "a\nb"),
    ],
)
def test_tokens_have_their_shape(name: str, value: str) -> None:
    """A token of another kind, or one with its quotes, is found at the start and not at the first call."""
    assert mistake(name, value).startswith("the value does not look like one")


def test_socket_mode_needs_no_signing_secret() -> None:
    """An app token takes the place of the signing secret; a wrong one is the only mistake told."""
    without = {name: value for name, value in REQUIRED.items() if name != "SLACK_SIGNING_SECRET"}
    assert load_settings({**without, "SLACK_APP_TOKEN": "xapp-1"}).slack_signing_secret is None
    assert set(mistakes(without)) == {"SLACK_SIGNING_SECRET"}
    assert set(mistakes({**without, "SLACK_APP_TOKEN": "nonsense"})) == {"SLACK_APP_TOKEN"}


def test_lists() -> None:
    """Blanks, empty items and repetitions in lists do no harm, and the order stays."""
    assert load(APPROVERS=" W2 ,,U1,\nS3,U1,").approvers == ("W2", "U1", "S3")
    assert load(REQUESTERS=",").requesters == ()
    assert load(JDCLOUD_REGIONS="cn-east-2, cn-north-1").jdcloud_regions == ("cn-east-2", "cn-north-1")


@pytest.mark.parametrize("name", ["APPROVERS", "JDCLOUD_REGIONS"])
def test_lists_that_must_name_somebody(name: str) -> None:
    """A list of commas is empty."""
    assert mistake(name, " , ").startswith("the list is empty")


@pytest.mark.parametrize("value", ["u1", "U", "C1", "U1 U2", "<@U1>", "U1;U2"])
def test_ids_of_people(value: str) -> None:
    """Only ids name people and groups: names change, and conversations are not people."""
    assert mistake("APPROVERS", value).startswith("not valid")
    assert mistake("REQUESTERS", value).startswith("not valid")


@pytest.mark.parametrize("value", ["C1", "G1", "D1"])
def test_ids_of_conversations(value: str) -> None:
    """Cards may go to a public or private channel or to one person's messages."""
    assert load(APPROVAL_CHANNEL=value).approval_channel == value


@pytest.mark.parametrize("value", ["U1", "c1", "C", "#images", "C1,C2"])
def test_ids_that_are_no_conversation(value: str) -> None:
    """A name or several channels are turned away."""
    assert mistake("APPROVAL_CHANNEL", value).startswith(f'"{value}" is not valid')


@pytest.mark.parametrize("value", ["cn", "CN-north-1", "cn_north_1", "cn-north-", "1-cn"])
def test_ids_of_regions(value: str) -> None:
    """A region is an id such as cn-north-1."""
    assert mistake("JDCLOUD_REGIONS", value).startswith("not valid")


@pytest.mark.parametrize("value", ["http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api/"])
def test_roots_of_addresses(value: str) -> None:
    """The slash at the end is always there for Slack's root and never for JD Cloud's."""
    settings = load(SLACK_API_URL=value, JDCLOUD_VM_ENDPOINT=value, JDCLOUD_DISK_ENDPOINT=value)
    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"
    assert settings.jdcloud_vm_endpoint == settings.jdcloud_disk_endpoint == "http://127.0.0.1:8080/api"


@pytest.mark.parametrize(
    "value",
    ["vm.jdcloud-api.com", "https://", "ftp://h", "https://h:x", "https://h:70000", "https://[h", "https://h?a=1"],
)
def test_wrong_addresses(value: str) -> None:
    """An address needs its scheme and host, and nothing after its path."""
    assert mistake("JDCLOUD_VM_ENDPOINT", value).startswith("the value is not a plain address")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///createimage.db", Path("createimage.db")),
        ("sqlite:///var/bot.db", Path("var/bot.db")),
        ("sqlite:////var/lib/bot.db", Path("/var/lib/bot.db")),
        ("postgresql://bot:p%40ss@db:5432/bot?sslmode=require", None),
        ("postgres:///bot", None),
    ],
)
def test_databases(url: str, path: Path | None) -> None:
    """The address of the database says, for SQLite, its file."""
    settings = load(DATABASE_URL=url)
    assert settings.database_path == path
    assert settings.database_url.get_secret_value() == url


@pytest.mark.parametrize("url", ["bot.db", "sqlite:///", "sqlite://bot.db", "sqlite:///a.db?mode=ro", "mysql://h/d"])
def test_wrong_databases(url: str) -> None:
    """An address of no database that the bot knows is turned away."""
    assert mistake("DATABASE_URL", url).startswith("the value names no database")


def test_database_in_memory() -> None:
    """A database in memory would lose requests."""
    assert mistake("DATABASE_URL", "sqlite:///:memory:").startswith("a database in memory forgets")


@pytest.mark.parametrize(
    ("value", "duration"),
    [
        ("0.5s", timedelta(seconds=0.5)),
        ("30m", timedelta(minutes=30)),
        ("1.5h", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations(value: str, duration: timedelta) -> None:
    """A duration is a number and its unit."""
    assert load(APPROVAL_TTL=value).approval_ttl == duration


@pytest.mark.parametrize(
    "value", ["0s", "0.0h", "-1h", "+1h", "24", "h", "1 h", "1w", "1H", "1h30m", "PT1H", "1e3s", "٣h"]
)
def test_wrong_durations(value: str) -> None:
    """Nothing, less than nothing and nonsense are no durations."""
    assert mistake("APPROVAL_TTL", value).startswith(f'"{value}" is no')


@pytest.mark.parametrize("value", ["366d", "8784.1h", "9999999d", "9999999999d"])
def test_durations_beyond_a_year(value: str) -> None:
    """Neither longer than anybody would wait for an approval, nor than a calendar can show, nor than a clock holds."""
    assert load(APPROVAL_TTL="365d").approval_ttl == timedelta(days=365)
    assert mistake("APPROVAL_TTL", value).startswith(f'"{value}" is too long; expected a number with s, m, h or d')


@pytest.mark.parametrize("text", ["0.5s", "90s", "1m", "90m", "1h", "36h", "2d"])
def test_durations_as_they_are_written(text: str) -> None:
    """In the unit that one would choose."""
    assert written(load(APPROVAL_TTL=text).approval_ttl.total_seconds()) == text


@pytest.mark.parametrize("nothing", ["", " ", "\n", ","])
def test_no_reminders(nothing: str) -> None:
    """Set to nothing is not the same as not set, which is the default."""
    assert load(REMIND_AFTER=nothing).remind_after == ()


def test_reminders() -> None:
    """Rising durations; what is wrong with any of them is told at once."""
    assert load(REMIND_AFTER=" 90s, 1h ,").remind_after == (timedelta(seconds=90), timedelta(hours=1))
    assert mistake("REMIND_AFTER", "4h,1h").startswith("each must be later than the one before; expected rising")
    assert mistake("REMIND_AFTER", "2x,1h,9").startswith('"2x" is not a duration, "9" is not a duration; expected')


def test_the_path_of_the_policy_file() -> None:
    """Whether it is there is for whoever reads it to say."""
    assert load(POLICY_FILE=" rules/policy.toml ").policy_file == Path("rules/policy.toml")


@pytest.mark.parametrize("name", ["POLL_INTERVAL", "JDCLOUD_TIMEOUT", "LAUNCH_GRACE", "LEASE_TTL"])
def test_seconds(name: str) -> None:
    """Seconds may be small fractions, and are numbers."""
    assert getattr(load(**{"JDCLOUD_TIMEOUT": "0.001", name: "0.01"}), name.lower()) == 0.01
    assert getattr(load(**{name: "3600"}), name.lower()) == 3600
    for value in ("-1", "nan", "inf", "1m", "a", "3601", "1e300"):
        assert mistake(name, value).startswith(f'"{value}" is not valid')


@pytest.mark.parametrize("name", ["POLL_INTERVAL", "JDCLOUD_TIMEOUT", "LEASE_TTL"])
def test_seconds_that_must_pass(name: str) -> None:
    """Only the grace may be nothing."""
    for value in ("0", "1e-9"):
        assert mistake(name, value).startswith(f'"{value}" is not valid')
    assert load(LAUNCH_GRACE="0").launch_grace == 0


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "two", "101"])
def test_wrong_quorum(value: str) -> None:
    """At least one person must approve, and not more than a card can name."""
    assert mistake("REQUIRED_APPROVALS", value).startswith(f'"{value}" is not valid')


def test_quorum_that_can_be_reached() -> None:
    """More approvals than people who may approve would leave requests waiting; a group may be of any size."""
    assert load(APPROVERS="U1").required_approvals == 1
    assert load(APPROVERS="U1,W2", REQUIRED_APPROVALS="2").required_approvals == 2
    assert load(APPROVERS="U1,S2", REQUIRED_APPROVALS="9").required_approvals == 9
    told = mistake("REQUIRED_APPROVALS", "2", APPROVERS="U1,U1")
    assert told.startswith("2 approvals can never be reached, as APPROVERS names only 1; expected a whole number")


@pytest.mark.parametrize("value", ["true", "1", "yes", "on", "TRUE"])
def test_self_approval(value: str) -> None:
    """Yes may be said in the usual ways."""
    assert load(ALLOW_SELF_APPROVAL=value).allow_self_approval is True


def test_ports() -> None:
    """Every port will do, and 0 takes a free one."""
    assert [load(PORT=value).port for value in ("0", "1", "65535")] == [0, 1, 65535]
    for value in ("-1", "65536", "80.5"):
        assert mistake("PORT", value).startswith(f'"{value}" is not valid')


def test_logs() -> None:
    """Levels and formats may be written in capitals."""
    settings = load(LOG_LEVEL="DEBUG", LOG_FORMAT="JSON")
    assert (settings.log_level, settings.log_format) == ("debug", "json")
    assert mistake("LOG_LEVEL", "loud").startswith('"loud" is not valid; expected debug, info')
    assert mistake("LOG_FORMAT", "xml").startswith('"xml" is not valid; expected console or json')


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_bytes_that_are_no_text(name: str) -> None:
    """Python hands over what is not UTF-8 as lone surrogates; each variable says so, and no secret is shown."""
    told = mistakes({**REQUIRED, name: "sqlite:///xoxb-\udcff", "LOG_LEVEL": "loud"})
    assert name in told
    if name != "LOG_LEVEL":
        assert told[name].startswith("the value is not UTF-8; expected ")


def test_what_a_menu_holds() -> None:
    """Slack's menus have 100 options, and what carries a region has an end as well."""
    regions = [f"cn-{number}" for number in range(101)]
    assert len(load(JDCLOUD_REGIONS=",".join(regions[:100])).jdcloud_regions) == 100
    assert mistake("JDCLOUD_REGIONS", ",".join(regions)).startswith("101 are more than a menu of Slack's holds")
    assert mistake("JDCLOUD_REGIONS", f"cn-{'x' * 60}").startswith("not valid")


def test_the_database_alone() -> None:
    """Commands that need nothing else ask for nothing else, and read it in the same way."""
    settings = load_database_settings({"DATABASE_URL": "sqlite:///bot.db", "PORT": "wrong"})
    assert settings.database_path == Path("bot.db")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        load_database_settings({"DATABASE_URL": "mysql://h/d"})
    with pytest.raises(SettingsError, match="ALLOW_EPHEMERAL_SQLITE"):
        load_database_settings({"DYNO": "web.1"})


def test_every_setting_is_used() -> None:
    """One that nobody reads would be set in vain."""
    used: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used |= {node.attr} if node.value.id in {"settings", "self"} else set()
    of_the_database_url = {"dyno", "allow_ephemeral_sqlite"}  # are read where it is checked
    assert Settings.model_fields.keys() - used == of_the_database_url
