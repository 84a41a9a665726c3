"""The words about freezes: in answers, in channels, on forms and cards."""

from bot.texts import Text

EVERYTHING = Text("everything", "全部操作")
FROZEN = Text("Frozen until {when} by {person}{why}.", "{person} 已冻结操作，直至 {when}{why}。")
HOLDS_FOR = Text("It holds for {scope}.", "范围：{scope}。")
WHY = Text(": {why}", "（{why}）")
MEANWHILE = Text(
    "A request can be made and approved; it begins afterwards.", "期间可以提交和审批申请，冻结结束后再开始。"
)
MEANWHILE_HERE = Text("It can be approved; it begins afterwards.", "期间可以审批，冻结结束后再开始。")
BEGUN = Text(
    "{person} has frozen {scope} until {when}{why}.",
    "{person} 已冻结操作，直至 {when}{why}。范围：{scope}。",
)
NOTHING_NEW = Text("Nothing new begins until then.", "在此之前不会开始新的操作。")
NOTHING_NEW_THERE = Text(
    "Nothing new begins there until then; all else goes on.", "在此之前，该范围内不会开始新的操作，其余不受影响。"
)
ALL_THE_SAME = Text(
    "A machine that the bot has stopped is started again all the same, and requests can be made and approved. "
    "`/createimage unfreeze` ends it.",
    "机器人停止的云主机仍会重新启动，期间可以提交和审批申请。输入 `/createimage unfreeze` 可提前解除。",
)
ENDED = Text("{person} has ended {beginner}'s freeze of {scope}.", "{person} 已解除 {beginner} 的冻结（{scope}）。")
ENDED_OWN = Text("{person} has ended the freeze of {scope}.", "{person} 已解除自己的冻结（{scope}）。")
BEGINS = Text("What has been approved begins now.", "已批准的申请现在开始。")
STILL = Text("Still frozen until {when} by {beginner}: {scope}.", "{beginner} 的冻结（{scope}）仍有效，直至 {when}。")
CAN_END = Text("{people} can end it.", "可由 {people} 解除。")
NOT_TOLD = Text(
    "⚠️ Slack has not told in time whether {person} decides about {scope} too: that is not frozen by this. "
    "Type it again in a moment.",
    "⚠️ Slack 未能及时确认 {person} 是否也可审批 {scope}，该部分未被本次操作冻结，请稍后再次输入。",
)
END_NOT_TOLD = Text(
    "Slack has not told in time whether {person} may end it: type it again in a moment.",
    "Slack 未能及时确认 {person} 是否可解除，请稍后再次输入。",
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
