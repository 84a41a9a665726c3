"""The words of what calls those who can still decide, and of the button that does so."""

from bot.texts import Text

REMINDER = Text(
    "{called}: {request}, {what}, waits for you. It has waited {waited} and expires {when}. {card}",
    "{called}：{request}（{what}）等待审批，已等待 {waited}，{when} 过期。{card}",
)
ESCALATED = Text(
    "{called}: you can decide too now. {request}, {what}, has waited {waited} and expires {when}. {card}",
    "{called}：现在您也可以审批 {request}（{what}），已等待 {waited}，{when} 过期。{card}",
)
NUDGED = Text(
    "{called}: please decide. {request}, {what}, has waited {waited} and expires {when}. {card}",
    "{called}：请尽快审批 {request}（{what}），已等待 {waited}，{when} 过期。{card}",
)
NUDGE = Text("Nudge", "催办")
NUDGED_AT = Text("Nudged {when}: {people}", "{when} 已催办：{people}")
NUDGED_LATELY = Text(
    "{request} was nudged {ago} ago. You can nudge again from {when}.",
    "{request} 已于 {ago}前催办，{when} 起可再次催办。",
)
