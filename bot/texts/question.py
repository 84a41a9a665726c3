"""The words of a question that an approver has: its form, its notices, and where it stands on the card."""

from bot.texts import Text

BUTTON = Text("Ask", "提问")
TITLE = Text("Ask a question", "提问")
ABOUT = Text(
    "About {request}, {what}. {person} gets it as a direct message, and it stands on the card and in its thread. "
    "It decides nothing.",
    "关于 {request}（{what}）。问题会以私信发给 {person}，并显示在卡片及其消息列中，不影响审批结果。",
)
QUESTION = Text("Question", "问题")
SEND = Text("Ask", "提问")
ASKED = Text("{person} asked, {when}:", "{person} 于 {when} 提问：")
TOLD = Text("{person} has a question about {request}, {what}:", "{person} 对 {request}（{what}）有疑问：")
TOLD_IN_THREAD = Text("{person} has a question about {request}:", "{person} 对 {request} 有疑问：")
ANSWER = Text("Answer in its thread: {where}", "请在其消息列中回复：{where}")
TOLD_UNHEARD = Text(
    "{requester}: {person} has a question about {request}. I could not send it to you directly:",
    "{requester}：{person} 对 {request} 有疑问，我无法给您发送私信：",
)
