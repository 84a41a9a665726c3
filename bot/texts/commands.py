"""What the slash command answers in words."""

from bot.texts import Text

HELP = Text(
    "`/createimage` opens a form in which you choose an instance, its disks and a name for the image.\n"
    "`/createimage i-abc123 my-name` opens it filled in.\n"
    "`/createimage help` shows this.\n"
    "The instance must be stopped. Nothing is made before an approver has agreed.",
    "`/createimage` 打开表单，选择云主机、磁盘和镜像名称。\n"
    "`/createimage i-abc123 my-name` 打开并预先填好表单。\n"
    "`/createimage help` 显示本说明。\n"
    "云主机必须处于已停止状态。审批通过之前不会创建任何镜像。",
)
UNKNOWN = Text(
    "I don't understand {words}. Type `/createimage` for the form, or `/createimage help`.",
    "我不明白 {words}。输入 `/createimage` 打开表单，或输入 `/createimage help` 查看说明。",
)
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
