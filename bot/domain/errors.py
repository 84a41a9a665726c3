"""What can be wrong, and who is told.

::

    BotError
    ├── UserError        the person can act on it: shown as it reads, at its field when it has one
    ├── Late             the person has done something else meanwhile: nothing is changed, and nothing said
    └── Fault            the operator must act on it: logged whole, shown as a short reference

A `Problem` is data, not words: `bot.texts.problems` has the words of each `Code` in each language.
It can therefore be stored with a request and read by somebody with another language later.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """The fields of the form that a problem can belong to."""

    INSTANCE = "instance"
    WHILE_IMAGED = "while_imaged"
    ORDER = "order"
    DISKS = "disks"
    NAME = "name"
    DESCRIPTION = "description"
    NOT_BEFORE = "not_before"
    NOTE = "note"
    ANNOUNCE = "announce"
    REASON = "reason"
    QUESTION = "question"
    # of a disk to add
    DEVICE = "device"
    SNAPSHOT = "snapshot"
    DISK_TYPE = "disk_type"
    SIZE = "size"
    DISK_NAME = "disk_name"
    DISK_DESCRIPTION = "disk_description"
    DURATION = "duration"


class Code(StrEnum):
    """Everything that can be wrong, by name. The facts a code carries stand beside it."""

    # the form
    REGION_UNKNOWN = "region_unknown"  # region
    INSTANCE_MISSING = "instance_missing"
    NO_INSTANCE_FITS = "no_instance_fits"  # words: as typed behind the command
    INSTANCES_NOT_LISTED = "instances_not_listed"  # words, region, answer: the code of why not
    TOO_MANY_INSTANCES = "too_many_instances"  # maximum, chosen
    INSTANCE_TWICE = "instance_twice"  # instance
    NAME_TWICE = "name_twice"  # name, instance: two images of one request
    INSTANCE_LOADING = "instance_loading"
    INSTANCE_NOT_LOADED = "instance_not_loaded"
    SENT_ALREADY = "sent_already"
    DISKS_CHANGED = "disks_changed"  # devices
    DISKS_MISSING = "disks_missing"  # instance, devices: JD Cloud's answer names no data disks, the form does
    NAME_LENGTH = "name_length"  # minimum, maximum, length
    NAME_CHARACTERS = "name_characters"  # characters, instead: the ones not allowed, and a name without them
    DESCRIPTION_MISSING = "description_missing"
    DESCRIPTION_LENGTH = "description_length"  # maximum, length
    NOTE_LENGTH = "note_length"  # maximum, length
    REASON_MISSING = "reason_missing"
    REASON_LENGTH = "reason_length"  # maximum, length
    QUESTION_MISSING = "question_missing"
    QUESTION_LENGTH = "question_length"  # maximum, length
    STOPPING_NOT_ALLOWED = "stopping_not_allowed"
    LIVE_NOT_ALLOWED = "live_not_allowed"
    LIVE_ON_LOCAL_DISK = "live_on_local_disk"  # instance
    INSTANCE_RUNS_NOW = "instance_runs_now"  # instance: it stood still in the form
    NOT_BEFORE_PAST = "not_before_past"
    NOT_BEFORE_FAR = "not_before_far"  # days

    DEVICE_TAKEN = "device_taken"  # device, free
    NO_FREE_DEVICE = "no_free_device"
    DISK_NAME_CHARACTERS = "disk_name_characters"  # characters, instead: as of a name
    DISK_TYPE_UNKNOWN = "disk_type_unknown"  # types
    DISK_SIZE = "disk_size"  # type, minimum, maximum, step: it is no number
    DISK_SIZE_RANGE = "disk_size_range"  # size, type, minimum, maximum
    DISK_SIZE_STEP = "disk_size_step"  # size, step, below, above: sizes that would be right
    DISK_SMALLER_THAN_SNAPSHOT = "disk_smaller_than_snapshot"  # size, snapshot, smallest
    SNAPSHOT_TOO_LARGE = "snapshot_too_large"  # snapshot_size, type, maximum
    SNAPSHOT_MISSING = "snapshot_missing"
    SNAPSHOT_GONE = "snapshot_gone"  # device, snapshot
    SNAPSHOT_NOT_AVAILABLE = "snapshot_not_available"  # snapshot, status
    DURATION = "duration"  # unit, minimum, maximum
    OTHER_CAME_IN = "other_came_in"  # request, instance. May be passed by sending again
    NAME_TAKEN = "name_taken"  # name, image. May be passed by sending again

    # quotas, before anybody is asked
    IMAGE_QUOTA = "image_quota"  # limit, used, region
    SNAPSHOT_QUOTA = "snapshot_quota"  # limit, used, needed, region
    IMAGE_IN_PROGRESS = "image_in_progress"  # instance, image

    # the instance, as the cloud shows it
    INSTANCE_NOT_FOUND = "instance_not_found"  # instance, region
    INSTANCE_NOT_STOPPED = "instance_not_stopped"  # instance, status
    INSTANCE_BUSY = "instance_busy"  # instance, status
    SYSTEM_DISK_MISSING = "system_disk_missing"  # instance
    DISK_BUSY = "disk_busy"  # device, status

    # how an instance differs from its approved plan
    DISK_DETACHED = "disk_detached"  # device
    DISK_ATTACHED = "disk_attached"  # device, size
    DISK_REPLACED = "disk_replaced"  # device
    DISK_RESIZED = "disk_resized"  # device, before, now

    STOP_RELEASES = "stop_releases"  # instance: by now a stop would release its resources
    RULE_CHANGED = "rule_changed"  # instance: another rule decides about it than when it was approved

    DISKS_NOT_TOLD = "disks_not_told"  # instance, devices: JD Cloud's answer names no data disks, the plan does

    # who may do what
    NOT_A_MEMBER = "not_a_member"
    PERSON_NOT_FOUND = "person_not_found"
    NOT_A_REQUESTER = "not_a_requester"
    NOT_AN_APPROVER = "not_an_approver"
    NOT_YOURS_NOR_AN_APPROVER = "not_yours_nor_an_approver"
    OWN_REQUEST = "own_request"
    NOT_YOUR_REQUEST = "not_your_request"
    ALREADY_DECIDED = "already_decided"  # request
    APPROVAL_UNCONFIRMED = "approval_unconfirmed"  # request
    ROLE_UNKNOWN = "role_unknown"
    TOO_FEW_APPROVERS = "too_few_approvers"  # needed, able: said before anybody is asked
    TOO_FEW_APPROVERS_BY_RULE = "too_few_approvers_by_rule"  # rule, needed, able: likewise
    APPROVERS_LEFT = "approvers_left"  # missing, able: said on the card of a request that waits; fails nothing
    APPROVERS_LEFT_BY_RULE = "approvers_left_by_rule"  # rule, missing, able: likewise
    REFUSED_BY_RULE = "refused_by_rule"  # instance, why: in the operator's words
    TICKET_MISSING = "ticket_missing"  # such: told by example (empty: none), pattern, rule
    HOURS_NEVER = "hours_never"  # rules: there is no time at which all of them let steps begin
    NOT_FOR_EMERGENCIES = "not_for_emergencies"  # with who may, as `people`, where that is told
    WHY_MISSING = "why_missing"  # somebody begins without an approval
    REVIEWED_ALREADY = "reviewed_already"  # request
    OWN_EMERGENCY = "own_emergency"  # who began it does not review it

    # why nothing new begins for now
    OUT_OF_HOURS = "out_of_hours"  # until: unix seconds
    FROZEN = "frozen"  # who, until (unix seconds), why
    CLOSED_MEANWHILE = "closed_meanwhile"  # the machine was stopped, and no image may be begun any longer

    # the life of a request
    NOBODY_TO_CALL = "nobody_to_call"  # request
    REQUEST_NOT_FOUND = "request_not_found"  # request
    TOO_LATE = "too_late"  # request, state
    NOT_RETRIABLE = "not_retriable"  # request
    APPROVAL_EXPIRED = "approval_expired"  # request
    PLAN_CHANGED = "plan_changed"  # request
    FORM_GONE = "form_gone"

    # what JD Cloud answered
    CLOUD_INVALID = "cloud_invalid"  # message, request_id
    CLOUD_CREDENTIALS = "cloud_credentials"  # message, request_id
    CLOUD_FORBIDDEN = "cloud_forbidden"  # message, request_id
    CLOUD_NOT_FOUND = "cloud_not_found"  # message, request_id
    CLOUD_INSTANCE_GONE = "cloud_instance_gone"  # instance, region: of a request that was approved
    CLOUD_CONFLICT = "cloud_conflict"  # message, request_id. Passes by itself
    CLOUD_PRECONDITION = "cloud_precondition"  # message, request_id. Does not pass by itself
    CLOUD_QUOTA = "cloud_quota"  # message, request_id
    CLOUD_RATE_LIMIT = "cloud_rate_limit"  # message, request_id
    CLOUD_TASK_CONFLICT = "cloud_task_conflict"  # message, request_id, instance. Passes by itself
    CLOUD_DISK_BUSY = "cloud_disk_busy"  # message, request_id, disk. Passes by itself
    CLOUD_DISK_STATUS = "cloud_disk_status"  # message, request_id, disk
    CLOUD_SYSTEM_DISK = "cloud_system_disk"  # message, request_id, instance
    CLOUD_DUPLICATE_DEVICE = "cloud_duplicate_device"  # message, request_id
    CLOUD_DISK_TYPE_MISSING = "cloud_disk_type_missing"  # message, request_id
    CLOUD_DISK_SIZE = "cloud_disk_size"  # message, request_id
    CLOUD_DISK_SMALLER = "cloud_disk_smaller"  # message, request_id, device
    CLOUD_DISK_IOPS = "cloud_disk_iops"  # message, request_id
    CLOUD_SNAPSHOT_NOT_FOUND = "cloud_snapshot_not_found"  # message, request_id, snapshot
    CLOUD_IMAGE_QUOTA = "cloud_image_quota"  # message, request_id, region
    CLOUD_SNAPSHOT_QUOTA = "cloud_snapshot_quota"  # message, request_id, region
    CLOUD_NOT_RUNNING = "cloud_not_running"  # message, request_id, instance, status: stopInstance needs it running
    CLOUD_NOT_STOPPED = "cloud_not_stopped"  # message, request_id, instance, status: startInstance needs it stopped
    CLOUD_NO_STOCK = "cloud_no_stock"  # message, request_id, instance: nothing is left for it to run on
    CLOUD_CHARGE_STATE = "cloud_charge_state"  # message, request_id, instance: in arrears, or expired
    CLOUD_CHARGE_MODE = "cloud_charge_mode"  # message, request_id, instance: how it is charged while it is stopped
    CLOUD_NO_SYSTEM_DISK = "cloud_no_system_disk"  # message, request_id, instance: startInstance needs one
    CLOUD_FAILED = "cloud_failed"  # message, request_id
    CLOUD_UNAVAILABLE = "cloud_unavailable"  # message, request_id
    CLOUD_SILENT = "cloud_silent"  # no answer in time, or no connection
    CLOUD_UNREADABLE = "cloud_gibberish"  # an answer that is not JD Cloud's. Stored requests carry this word
    CLOUD_INCOMPLETE = "cloud_incomplete"  # missing: what an answer of JD Cloud lacks, or contradicts

    # the image
    IMAGE_BROKEN = "image_broken"  # image
    IMAGE_GONE = "image_gone"  # image
    ANSWER_LOST = "answer_lost"  # nobody can tell whether createImage took effect
    SEVERAL_IMAGES = "several_images"  # images: more than one carries the marker
    UNMARKED_IMAGE = "unmarked_image"  # images: without a description, and perhaps the one that is looked for
    PATIENCE_OVER = "patience_over"  # minutes: for so long it was tried again
    GIVEN_UP = "given_up"  # an approver ended the search
    GIVEN_UP_WATCHING = "given_up_watching"  # image, status: an approver ended the watch
    NOT_STOPPED = "not_stopped"  # instance: a stop was accepted and had no effect
    NOT_STARTED = "not_started"  # instance: likewise a start
    GONE_STOPPING = "gone_stopping"  # instance: a stop was accepted, and it is not listed any more
    GONE_STARTING = "gone_starting"  # instance: likewise a start
    STILL_OWED = "still_owed"  # instance: the bot has stopped it, and JD Cloud does not start it
    STILL_WATCHING = "still_watching"  # JD Cloud does not answer for a building image; fails nothing
    SLOWER_THAN_USUAL = "slower_than_usual"  # seconds: what it usually takes. Said of a building image; fails nothing

    # nobody planned for it
    UNPLANNED = "unplanned"  # reference


PLAN_LOST = frozenset(
    {
        Code.DISK_DETACHED,
        Code.DISK_ATTACHED,
        Code.DISK_REPLACED,
        Code.DISK_RESIZED,
        Code.STOP_RELEASES,
        Code.RULE_CHANGED,
        Code.CLOUD_INSTANCE_GONE,
        Code.GONE_STOPPING,
        Code.CLOUD_SNAPSHOT_NOT_FOUND,
        Code.CLOUD_DUPLICATE_DEVICE,
        Code.CLOUD_DISK_TYPE_MISSING,
        Code.CLOUD_DISK_SIZE,
        Code.CLOUD_DISK_SMALLER,
        Code.CLOUD_DISK_IOPS,
        Code.GIVEN_UP,
        Code.APPROVAL_EXPIRED,
    }
)
"""After these an approved plan cannot be tried as it is: people ask again."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, at which field, with which facts."""

    code: Code
    field: Field | None = None
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def calling(self, instance_id: str, called: str) -> "Problem":
        """The same, with an instance by what people call it: JD Cloud's errors know it by its id only."""
        if self.facts.get("instance") != instance_id:
            return self
        return dataclasses.replace(self, facts={**self.facts, "instance": called})


class BotError(Exception):
    """The root of every error the bot raises on purpose."""


class UserError(BotError):
    """Something the person can act on. `problems` is never empty."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class Late(BotError):
    """What a person did comes too late to count. Nothing is changed, and what they see says so already."""


class Fault(BotError):
    """Something only an operator can act on."""
