"""The words of emergencies: the button, its form, what stands on the card, and what is told of it."""

from bot.texts import Text

BUTTON = Text("Begin now (emergency)", "紧急执行")
REVIEWED_BUTTON = Text("Reviewed", "已复核")
TITLE = Text("Begin without approval", "紧急执行")
ABOUT = Text(
    "{request}, {what}, begins at once: without an approval, before its time, out of hours and through a freeze. "
    "Every approver is told, and one of them reviews it afterwards.",
    "{request}（{what}）将立即开始：无需批准，不等待预定时间和允许时段，也不受冻结限制。所有审批人都会收到通知，并由其中一人事后复核。",
)
WHY = Text("Why can it not wait?", "为何不能等待？")
SEND = Text("Begin now", "立即开始")
WHO_MAY = Text("Who may: {people}.", "可紧急执行的人员：{people}。")

BEGUN = Text("⚠️ *Begun by {person} without an approval, {when}:*", "⚠️ *{person} 于 {when} 未经批准紧急执行：*")
OWED = Text("*Review owed.*", "*待复核。*")
REVIEWED = Text("Reviewed by {person}, {when}.", "{person} 已于 {when} 复核。")
BEGUN_SHORT = Text("Begun by {person} without an approval.", "由 {person} 未经批准紧急执行。")

WAITS_ITS_TURN = Text("Begins as soon as the bot gets to it.", "机器人会尽快开始。")
WAITS = Text("Not started yet, the bot tries again by itself:", "尚未开始，机器人会自动重试：")
WAITS_FOR = Text(
    "Waits for {request}, which is making an image of {instance}.", "正在等待 {request}，它正在为 {instance} 创建镜像。"
)
WAITS_UNTIL_STOPPED = Text(
    "It begins when the machine is stopped, by whoever stops it, until {when}.",
    "云主机停止后（由任何人停止均可）即开始，截止时间 {when}。",
)

PASSED_OVER = Text(
    "{approvers}: {person} has begun {request}, {what}, without an approval:",
    "{approvers}：{person} 未经批准紧急执行了 {request}（{what}）：",
)
REVIEW_IT = Text(
    "Please look at it, then press *{button}* on the card above.", "请查看，然后在上方卡片中点击“{button}”。"
)
STILL_OWED = Text(
    "{approvers}: nobody has reviewed {request} yet, {what}. {person} has begun it without an approval, {when}:",
    "{approvers}：{request}（{what}）尚未复核。{person} 于 {when} 未经批准紧急执行：",
)
