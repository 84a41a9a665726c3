"""The words about freezes: in answers, in channels, on forms and cards."""

from bot.texts import Text

EVERYTHING = Text("everything", "全部操作")
FROZEN = Text("Frozen until {when} by {person}{why}.", "{person} 已冻结操作，直至 {when}{why}。")
FROZEN_HERE = Text(
    "{scope}: frozen until {when} by {person}{why}.",
    "{scope}：{person} 已冻结，直至 {when}{why}。",
)
WHY = Text(": {why}", "（{why}）")
MEANWHILE = Text(
    "A request can be made and approved; it begins afterwards.", "期间可以提交和审批申请，冻结结束后再开始。"
)
BEGUN = Text(
    "{person} has frozen {scope} until {when}{why}.\nNothing new begins until then. A machine that the bot has stopped is "
    "started again all the same, and requests can be made and approved. `/createimage unfreeze` ends it.",
    "{person} 已冻结{scope}，直至 {when}{why}。\n在此之前不会开始新的操作。机器人停止的云主机仍会重新启动，期间可以提交和审批申请。"
    "输入 `/createimage unfreeze` 可提前解除。",
)
ENDED = Text(
    "{person} has ended the freeze of {scope} that {beginner} began. What has been approved begins now.",
    "{person} 已解除 {beginner} 对{scope}的冻结，已批准的申请现在开始。",
)
KEPT = Text(
    "Still frozen until {when} by {beginner}: {scope}. {people} can end it.",
    "{beginner} 对{scope}的冻结仍有效，直至 {when}。可由 {people} 解除。",
)
NOTHING = Text(
    "Nothing is frozen. An approver can type `/createimage {example}`.",
    "当前没有冻结。审批人可以输入 `/createimage {example}`。",
)
NO_DURATION = Text(
    "I cannot tell how long from {words}; nothing was frozen. Type it like `/createimage {example}`, with `30m`, `4h`, "
    "`7d` or `until 18:00`: 31 days at most.",
    "无法从 {words} 看出冻结多久，未做任何冻结。请像这样输入：`/createimage {example}`，时长可以是 `30m`、`4h`、`7d` 或 "
    "`until 18:00`，最长 31 天。",
)
