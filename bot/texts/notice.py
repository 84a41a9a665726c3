"""The words of notices."""

from bot.texts import Text

NOT_SUBMITTED = Text(
    "Your request for an image of {instance} was not sent:", "您为 {instance} 提交的镜像申请未能发出："
)
WHAT = Text("image {name} of {instance}", "{instance} 的镜像 {name}")
ASKED = Text("What was asked: {description}", "申请内容：{description}")
REJECTED = Text(
    "{request}, {what}, was rejected by {person}:",
    "{request}（{what}）已被 {person} 驳回：",
)
WHO_DECIDES = Text("To be decided by {when}, by {approvers}: {where}", "请 {approvers} 在 {when} 前审批：{where}")
WHO_DECIDES_ON_CARD = Text("To be decided by {approvers}: {where}", "请 {approvers} 审批：{where}")
CARD = Text("approval card", "审批卡片")
EXPIRED = Text(
    "{request}, {what}, expired: nobody decided in time.",
    "{request}（{what}）已过期：超时未审批。",
)
READY = Text("{requester} Image {name} of {instance} is ready.", "{requester} {instance} 的镜像 {name} 已可用。")
READY_ID = Text("Image id: {image}", "镜像 ID：{image}")
READY_FACTS = Text("{region} · {size} · it took {duration}", "{region} · {size} · 耗时 {duration}")
STILL_STOPPED = Text("{instance} is still stopped, as seen {when}.", "{instance} 仍处于停止状态（查看时间：{when}）。")
LEFT_AS_IT_IS = Text(
    "{instance} is stopped, as seen {when}: the bot had stopped it, and {person} said to leave it so.",
    "{instance} 处于停止状态（查看时间：{when}）：由机器人停止，{person} 要求保持停止。",
)
LIVE = Text("Made while it ran: the data may be torn.", "镜像在云主机运行中创建：数据可能不一致。")
NOW = Text("{instance} is {status}, as seen {when}.", "{instance} 当前状态：{status}（查看时间：{when}）。")
FAILED = Text(
    "{requester} {request}, {what}, failed:",
    "{requester} {request}（{what}）失败：",
)
APPROVAL_EXPIRED = Text(
    "{request}, {what}, was approved, and could not begin while the approval was good.",
    "{request}（{what}）已获批准，但在批准有效期内未能开始。",
)
ENDED = Text(
    "{requester} {request}, {what}, was ended by {person}; no image was made.",
    "{requester} {request}（{what}）已由 {person} 结束，未创建镜像。",
)
FOR_APPROVERS = Text("{approvers}: {said}", "{approvers}：{said}")
MACHINE_OFF = Text(
    "{instance} is off: the bot has stopped it for {request}, and JD Cloud does not start it. The bot goes on trying.",
    "{instance} 处于关机状态。机器人为 {request} 停止了它，但京东云未能启动它。机器人会继续尝试。",
)
UNSURE = Text(
    "{approvers}: nobody can tell whether JD Cloud made the image of {request}. Please look for {mark} in the "
    "descriptions of the images in {region}, and decide on the card above.",
    "{approvers}：无法确定京东云是否已为 {request} 创建镜像。请在{region}的镜像描述中查找 {mark}，然后在上方卡片中决定。",
)
UNSURE_YOURS = Text(
    "Nobody can tell whether JD Cloud made image {name} of {instance} for {request}. The approvers are asked to look "
    "for {mark} in the descriptions of the images in {region}, and to decide.",
    "无法确定京东云是否已为 {request} 创建 {instance} 的镜像 {name}。"
    "已请审批人在{region}的镜像描述中查找 {mark} 并作出决定。",
)
APPROVAL_VOID = Text(
    "Your approval of {request}, {what}, does not count: Slack says that you are not among the "
    "approvers. Whoever runs this bot can change who is.",
    "您对 {request}（{what}）的批准无效：根据 Slack，您不在审批人之列。如需调整，请联系机器人管理员。",
)
APPROVAL_OWN = Text(
    "Your approval of {request}, {what}, does not count: it is your own request.",
    "您对 {request}（{what}）的批准无效：不能批准自己的申请。",
)
NOT_SHOWN = Text(
    "The approvers cannot see {request} yet: I cannot post in the approval channel. Please tell whoever runs me. "
    "I keep trying.",
    "审批人暂时看不到 {request}：我无法在审批频道中发布。请告知机器人的管理员，我会继续尝试。",
)
CARD_LOST = Text(
    "The approvers' message about {request}, {what}, was no longer in Slack. I have posted it again; "
    "you need not do anything.",
    "{request}（{what}）的审批消息已不在 Slack 中。我已重新发布，您无需操作。",
)
MOVED = Text(
    "(I could not post this in {conversation}, so I tell you here.)",
    "（我无法在 {conversation} 中发布，因此在这里告知您。）",
)

STARTED_AGAIN = Text("{instance} runs again, {when}.", "{instance} 已于 {when} 重新运行。")
LEFT_STOPPED = Text(
    "{person} said to leave {instance} stopped, {when}.", "{person} 于 {when} 要求保持 {instance} 停止。"
)
GAVE_UP = Text("{person} gave it up, {when}.", "{person} 于 {when} 放弃。")
GONE_ON = Text("It has gone on by itself.", "已自动继续。")
FOUND = Text("JD Cloud did make the image: {image}.", "京东云已创建该镜像：{image}。")
SETTLED = Text("This is settled: the card of {request} says how.", "此事已处理，详情见 {request} 的卡片。")
TO_BE_STOPPED = Text(
    "{request}, {what}, begins once this is stopped again: {machines}. Please stop it in the JD Cloud console by {when}, or "
    "the request expires.",
    "{request}（{what}）将在以下云主机再次停止后开始：{machines}。请在 {when} 之前在京东云控制台将其停止，否则申请会过期。",
)
HAS_BEGUN = Text("{instance} was stopped, and its image begun.", "{instance} 已停止，并已开始创建镜像。")
