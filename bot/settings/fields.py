"""The settings of the bot: one field a variable, with what it is for, what is expected, and its default."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from bot.domain.slack_ids import is_group
from bot.settings.values import (
    EXPECTED_SECONDS,
    LONGEST,
    QUORUM_AT_MOST,
    SQLITE,
    Address,
    Conversation,
    DatabaseUrl,
    Duration,
    People,
    Regions,
    Reminders,
    Seconds,
    Secret,
    is_utf8,
    lower,
    secret,
    some,
)


def _setting(description: str, *, expected: str, default: Any = ..., blank: bool = False) -> Any:
    """A variable; `blank` says that it means something too when it is set to nothing."""
    return Field(default=default, description=description, json_schema_extra={"expected": expected, "blank": blank})


class DatabaseSettings(BaseModel):
    """What is needed to read and write the database, and no more: for commands that ask for nothing else."""

    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, extra="forbid", validate_default=True, defer_build=True
    )

    dyno: str | None = _setting(
        "Set by platforms whose disk is lost at every restart (Heroku and those like it).",
        expected="whatever the platform sets",
        default=None,
    )
    allow_ephemeral_sqlite: bool = _setting(
        "Keep requests in an SQLite file even where DYNO says that the disk will be lost.",
        expected="true or false",
        default=False,
    )
    database_url: DatabaseUrl = _setting(
        "Where requests are kept: `sqlite:///path`, with a fourth slash for an absolute path, or `postgresql://…`.",
        expected="sqlite:///path, sqlite:////absolute/path or postgresql://user:password@host/name",
        default=SecretStr("sqlite:///createimage.db"),
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(lower)] = _setting(
        "The least level that is logged.", expected="debug, info, warning, error or critical", default="info"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(lower)] | None = _setting(
        "How log lines look: `console` or `json`. Not set: `console` in a terminal, `json` elsewhere.",
        expected="console or json",
        default=None,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: object) -> object:
        """Python hands over what it could not decode as lone surrogates, which nothing else can take."""
        if isinstance(value, str) and not is_utf8(value):
            raise ValueError("the value is not UTF-8")
        return value

    # The checks across variables are made field by field, on what was found right so far (`info.data`), and not on the
    # finished whole: a whole is only made when every field is right, and then a second round of mistakes would follow.

    @field_validator("database_url")
    @classmethod
    def _kept_somewhere_that_lasts(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        forgets = info.data.get("dyno") and not info.data.get("allow_ephemeral_sqlite")
        if forgets and SQLITE.fullmatch(value.get_secret_value()):
            raise ValueError(
                "this platform's disk (DYNO is set) is lost at every restart, and every request in an SQLite file with "
                "it; use PostgreSQL, or set ALLOW_EPHEMERAL_SQLITE=true"
            )
        return value

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database, relative to the working directory unless absolute; None for PostgreSQL."""
        match = SQLITE.fullmatch(self.database_url.get_secret_value())
        return Path(match[1]) if match else None


class Settings(DatabaseSettings):
    """What the person who runs the bot has chosen. Field `port` is the variable `PORT`, and so on.

    Times are seconds, but for `approval_ttl`. Made by `load_settings`.
    """

    slack_bot_token: Annotated[SecretStr, secret("xoxb-")] = _setting(
        "Slack's bot token of the app.", expected="a bot token, which starts with xoxb-"
    )
    slack_app_token: Annotated[SecretStr, secret("xapp-")] | None = _setting(
        "Slack's app-level token with `connections:write`: Socket Mode instead of HTTP, without a public address.",
        expected="an app-level token, which starts with xapp-",
        default=None,
    )
    slack_signing_secret: Secret | None = _setting(
        "Slack's signing secret, which proves requests over HTTP. Required unless SLACK_APP_TOKEN is set.",
        expected="the app's signing secret, or SLACK_APP_TOKEN for Socket Mode",
        default=None,
    )
    slack_api_url: Annotated[Address, AfterValidator(lambda url: f"{url}/")] = _setting(
        "Another root of Slack's Web API, for GovSlack or a stand-in.",
        expected="http:// or https://, a host and perhaps a path, without a password",
        default="https://slack.com/api/",
    )
    jdcloud_access_key: Secret = _setting(
        "JD Cloud's access key of a sub-account that may do just what the bot needs.",
        expected="the id of an access key",
    )
    jdcloud_secret_key: Secret = _setting(
        "The secret key that belongs to it.", expected="the secret of that access key"
    )
    jdcloud_session_token: Secret | None = _setting(
        "The session token, when the key is a temporary one.",
        expected="the session token of temporary credentials",
        default=None,
    )
    jdcloud_regions: Regions = _setting(
        "The regions people may choose from, separated by commas.",
        expected="ids of regions separated by commas, such as cn-north-1,cn-east-2",
        default=("cn-north-1", "cn-east-1", "cn-east-2", "cn-south-1"),
    )
    jdcloud_vm_endpoint: Address = _setting(
        "Another root of JD Cloud's virtual machine service.",
        expected="http:// or https://, a host and perhaps a path, without a password",
        default="https://vm.jdcloud-api.com",
    )
    jdcloud_disk_endpoint: Address = _setting(
        "Another root of JD Cloud's disk service.",
        expected="http:// or https://, a host and perhaps a path, without a password",
        default="https://disk.jdcloud-api.com",
    )
    policy_file: Path | None = _setting(
        "Rules that stand before the settings: who decides about which machines. TOML, see docs/policy.md.",
        expected="the path of a TOML file",
        default=None,
    )
    approval_channel: Conversation = _setting(
        "The conversation where approval cards go, by id. The bot must be a member of it.",
        expected="the id of a conversation, such as C012AB3CD",
    )
    channel_language: Annotated[Literal["en", "zh"], BeforeValidator(lower)] = _setting(
        "The language of what goes to a channel: `en` or `zh`. What goes to one person is in theirs.",
        expected="en or zh",
        default="en",
    )
    approvers: Annotated[People, AfterValidator(some)] = _setting(
        "Who may approve: ids of people and of user groups, separated by commas.",
        expected="ids of people (U… or W…) or user groups (S…) separated by commas",
    )
    requesters: People = _setting(
        "Who may ask for an image: ids as above. Empty: every full member.",
        expected="ids of people (U… or W…) or user groups (S…) separated by commas, or nothing",
        default=(),
    )
    required_approvals: Annotated[int, Field(ge=1, le=QUORUM_AT_MOST)] = _setting(
        "How many distinct people must approve.",
        expected="a whole number from 1 to the number of people who may approve",
        default=1,
    )
    allow_self_approval: bool = _setting(
        "Whether people may approve what they asked for themselves.", expected="true or false", default=False
    )
    allow_stopping: bool = _setting(
        "Whether a request may have a running instance stopped for its image, and started again.",
        expected="true or false",
        default=True,
    )
    allow_live_images: bool = _setting(
        "Whether a request may have an image made of an instance while it runs: its data may be torn.",
        expected="true or false",
        default=False,
    )
    approval_ttl: Duration = _setting(
        "How long a request waits for approval before it expires: `30m`, `24h`, `7d`.",
        expected="a number with s, m, h or d after it, more than zero and at most 365d, such as 30m, 24h or 7d",
        default=timedelta(hours=24),
    )
    remind_after: Reminders = _setting(
        "After how long those who have not decided are reminded, separated by commas, and daily after the last. Set to "
        "nothing: never.",
        expected="rising durations separated by commas, such as 1h,4h, or nothing for no reminders",
        default=(timedelta(hours=1), timedelta(hours=4)),
        blank=True,
    )
    poll_interval: Seconds = _setting(
        "Seconds between looks at images that are building; may be a fraction.",
        expected=EXPECTED_SECONDS,
        default=10.0,
    )
    jdcloud_timeout: Seconds = _setting(
        "Seconds for one whole call to JD Cloud.", expected=EXPECTED_SECONDS, default=30.0
    )
    launch_grace: Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)] = _setting(
        "Seconds to wait after a doubtful createImage before the bot looks whether the image came to be: more than "
        "JDCLOUD_TIMEOUT and the time the cloud may take to list it.",
        expected=f"seconds, from 0 to {LONGEST:g}",
        default=120.0,
    )
    lease_ttl: Seconds = _setting(
        "Seconds a worker holds what it claimed without renewing.",
        expected=EXPECTED_SECONDS,
        default=60.0,
    )
    host: Annotated[str, Field(pattern=r"^\S+$")] = _setting(
        "The address the HTTP listener binds to.",
        expected="an address such as 0.0.0.0 or 127.0.0.1",
        default="0.0.0.0",  # noqa: S104 -- a container is reached from outside itself
    )
    port: Annotated[int, Field(ge=0, le=65535)] = _setting(
        "The port of the HTTP listener. 0 takes any that is free.",
        expected="a whole number from 1 to 65535, or 0 for any free port",
        default=3000,
    )
    worker_port: Annotated[int, Field(ge=0, le=65535)] | None = _setting(
        "The port at which `python -m bot worker` answers /healthz, /readyz and /metrics. Not set: nowhere.",
        expected="a whole number from 1 to 65535, or nothing",
        default=None,
    )

    @field_validator("slack_signing_secret")
    @classmethod
    def _signed_unless_socket_mode(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("slack_app_token", "wrong") is None:
            raise ValueError("is not set")
        return value

    @field_validator("required_approvals")
    @classmethod
    def _quorum_can_be_reached(cls, value: int, info: ValidationInfo) -> int:
        approvers: tuple[str, ...] = info.data.get("approvers", ())
        # How many people a user group has is only known to Slack, and changes.
        only_people = approvers and not any(is_group(approver) for approver in approvers)
        if only_people and value > len(approvers):
            raise ValueError(f"{value} approvals can never be reached, as APPROVERS names only {len(approvers)}")
        return value
