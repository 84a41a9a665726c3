"""The names by which Slack tells us what was clicked, chosen or sent: command, forms, inputs, buttons.

An input at which a problem can stand is named as the field is.
"""

from bot.domain.errors import Field

COMMAND = "/createimage"
SHORTCUT = "create_image"

REQUEST_FORM = "request_form"
REJECT_FORM = "reject_form"
QUESTION_FORM = "question_form"
EMERGENCY_FORM = "emergency_form"
MACHINE_FORM = "machine_form"
DISK_FORM = "disk_form"
MESSAGE = "message"

INSTANCE = Field.INSTANCE.value
WHILE_IMAGED = Field.WHILE_IMAGED.value
ORDER = Field.ORDER.value
DISKS = Field.DISKS.value
NAME = Field.NAME.value
DESCRIPTION = Field.DESCRIPTION.value
NOT_BEFORE = Field.NOT_BEFORE.value
NOTE = Field.NOTE.value
ANNOUNCE = Field.ANNOUNCE.value
REASON = Field.REASON.value
QUESTION = Field.QUESTION.value

LOOK_AGAIN = "look_again"
GO_ON = "go_on"
SETTLE = "settle"
OPEN_MACHINE = "open_machine"
ADD_DISK = "add_disk"
EDIT_DISK = "edit_disk"
REMOVE_DISK = "remove_disk"
DEVICE = Field.DEVICE.value
SOURCE = "source"
SNAPSHOT = Field.SNAPSHOT.value
DISK_TYPE = Field.DISK_TYPE.value
SIZE = Field.SIZE.value
DISK_NAME = Field.DISK_NAME.value
DISK_DESCRIPTION = Field.DISK_DESCRIPTION.value
AUTO_DELETE = "auto_delete"
SHARED = "shared"
BILLING = "billing"
BILLING_UNIT = "billing_unit"
DURATION = Field.DURATION.value
BLANK, FROM_SNAPSHOT, YES, NO = "blank", "snapshot", "yes", "no"
"""Values of the choices in the form of a disk."""

REDRAWS_DISK_FORM = (SOURCE, SNAPSHOT, DISK_TYPE, BILLING, BILLING_UNIT)
"""What changes which other fields apply, or what they allow."""

APPROVE = "approve"
REJECT = "reject"
ASK = "ask"
BEGIN_UNAPPROVED = "begin_unapproved"
REVIEWED = "reviewed"
CANCEL = "cancel"
NUDGE = "nudge"
RETRY = "retry"
REQUEST_AGAIN = "request_again"
REOPEN_DRAFT = "reopen_draft"
CHECK_AGAIN = "check_again"
CREATE_ANYWAY = "create_anyway"
GIVE_UP = "give_up"
LET_ON = "let_on"
END_HERE = "end_here"
START_NOW = "start_now"
START_AGAIN = "start_again"
LEAVE_STOPPED = "leave_stopped"
NEW_REQUEST = "new_request"
CONSOLE = "console"
SHOW_DETAILS = "show_call"
SHOW_MACHINE = "show_machine"

UNAVAILABLE = "unavailable"
"""The value of the option that only says that JD Cloud is slow: choosing it chooses nothing."""
