"""What the slash command answers in words."""

from bot.texts import Text

HELP = Text(
    "`/createimage` opens a form in which you choose an instance, its disks and a name for the image.\n"
    "`/createimage web-1 my-name` opens it filled in: the instance by name, id or private IP, and a name for the image.\n"
    "`/createimage web-1 web-2 web-3` opens it with several instances.\n"
    "`/createimage list` shows what waits for you and what you have asked for.\n"
    "`/createimage status IR-7K3QF` shows where a request stands.\n"
    "`/createimage freeze 4h release week`, by an approver: nothing new begins until then, or until `/createimage "
    "unfreeze`; `/createimage freeze` says what is frozen.\n"
    "Nothing is made before an approver has agreed.",
    "`/createimage` 打开表单，选择云主机、磁盘和镜像名称。\n"
    "`/createimage web-1 my-name` 打开并预先填好表单：用名称、ID 或内网 IP 指定云主机，后面是镜像名称。\n"
    "`/createimage web-1 web-2 web-3` 打开并选好多台云主机。\n"
    "`/createimage list` 列出等待您处理的申请和您提交的申请。\n"
    "`/createimage status IR-7K3QF` 查看某个申请的进展。\n"
    "`/createimage freeze 4h release week`（仅审批人）：在此期间不开始新的操作，可用 `/createimage unfreeze` 提前解除；"
    "单独输入 `/createimage freeze` 查看当前的冻结。\n"
    "审批通过之前不会创建任何镜像。",
)
DID_YOU_MEAN = Text(
    "Did you mean {command}? `/createimage help` shows all that I understand.",
    "您是想输入 {command} 吗？`/createimage help` 列出我能理解的全部命令。",
)
TOO_MANY = Text(
    "One request holds at most {maximum} instances; you typed {count}.",
    "一个申请最多包含 {maximum} 台云主机，您输入了 {count} 台。",
)
UNKNOWN = Text(
    "I don't understand {words}. Type `/createimage` for the form, or `/createimage help`.",
    "我不明白 {words}。输入 `/createimage` 打开表单，或输入 `/createimage help` 查看说明。",
)
NO_REQUEST = Text("There is no request {request}.", "找不到申请 {request}。")
NO_REQUESTS = Text("You have not asked for any image yet.", "您还没有提交过镜像申请。")
REFUSED = Text(
    "Slack does not take this window. Tell whoever runs the bot: reference {reference}.",
    "Slack 无法显示此窗口，请把编号 {reference} 告知管理员。",
)
NO_ANSWER = Text(
    "Slack is not answering. If no window opens, please try again in a minute.",
    "Slack 没有响应。如窗口未打开，请稍后再试。",
)
PRESS_AGAIN = Text(
    "Slack did not open the window in time. Please press the button again.",
    "Slack 未能及时打开窗口，请再次点击按钮。",
)
NOT_OPENED = Text(
    "Slack did not open the form in time. Please type `/createimage` again.",
    "Slack 未能及时打开表单，请再次输入 `/createimage`。",
)
