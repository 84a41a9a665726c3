"""The words in the forms."""

from bot.texts import Text

TITLE = Text("Create image", "创建镜像")
SEND = Text("Request approval", "提交审批")
CLOSE = Text("Close", "关闭")

GO_ON_WITH = Text("Go on with your form for {instance}?", "继续填写 {instance} 的表单？")
GO_ON = Text("Go on", "继续填写")

INSTANCES = Text("Instances", "云主机")
INSTANCE_HINT = Text("Search by name, id or private IP", "按名称、ID 或内网 IP 搜索")
REGION_SILENT = Text("{region} does not answer. Type again in a moment.", "{region} 没有响应，请稍后再次输入。")
REGION_FAILS = Text("{region} cannot be listed now. Type again in a moment.", "{region} 暂时无法列出，请稍后再次输入。")
REGION_REFUSES = Text("{region} refuses the bot. Tell whoever runs it.", "{region} 拒绝了机器人，请告知机器人管理员。")
DISKS = Text("Data disks", "数据盘")
DISKS_MORE = Text("Data disks ({first}–{last})", "数据盘（{first}–{last}）")
DISKS_HINT = Text("Untick a disk to leave it out of the image.", "取消勾选的磁盘不会包含在镜像中。")
NAME = Text("Name", "名称")
NAME_HINT = Text(
    "{minimum} to {maximum} characters: Chinese, letters, digits, _ - .",
    "{minimum}～{maximum} 个字符：中文、字母、数字、_ - .",
)
DESCRIPTION = Text("Description", "描述")
DESCRIPTION_HINT = Text(
    "What the image is for. The request's id is added to it.", "说明镜像用途。申请编号会附加在描述末尾。"
)
DESCRIPTION_HINT_SEVERAL = Text(
    "What the images are for. The request's id is added to it.", "说明这些镜像的用途。申请编号会附加在描述末尾。"
)
NOTE = Text("Note for the approver", "给审批人的备注")
ANNOUNCE = Text("Announce in", "结果通知到")
ANNOUNCE_HINT = Text(
    "Where the result is told. Where the bot may not post, it tells you directly.",
    "结果将发布到这里；机器人无权发言时会直接私信您。",
)

NOT_SENT = Text(
    "⚠️ This was not sent. What stands in the way is marked with ⚠️ below.",
    "⚠️ 未提交。原因见下方标有 ⚠️ 的内容。",
)
NOT_SENT_CHANGED = Text(
    "⚠️ This was not sent: the form has changed meanwhile. Look at it, then send again.",
    "⚠️ 未提交：表单内容已发生变化，请查看后再次提交。",
)

LOADING = Text("Loading the disks of {instance}…", "正在加载 {instance} 的磁盘…")
SYSTEM_DISK = Text("System disk {disk}: always in the image.", "系统盘 {disk}：始终包含在镜像中。")
NO_DATA_DISKS = Text("No cloud data disks are attached.", "没有挂载云硬盘数据盘。")
FIXED_DISKS = Text(
    "Always in the image, as JD Cloud leaves out devices up to vdi only: {disks}",
    "始终包含在镜像中（京东云只允许排除 vdi 及之前的设备）：{disks}",
)
LOCAL_DISKS = Text("Local disks, never included: {disks}", "本地盘（不会包含在镜像中）：{disks}")
STOPPED = Text("{instance} is stopped: an image can be made.", "{instance} 已停止，可以创建镜像。")
NOT_STOPPED = Text(
    "⚠️ {instance} is {status}. Stop it in the console, then check again: "
    "JD Cloud makes images of stopped instances only.",
    "⚠️ {instance} 当前状态：{status}。请先在控制台停止云主机，再点击“重新检查”：只有已停止的云主机才能创建镜像。",
)
BUSY = Text(
    "⚠️ {instance} is {status}. Check again when it is stopped: JD Cloud makes images of stopped instances only.",
    "⚠️ {instance} 当前状态：{status}。请等待其停止后点击“重新检查”：只有已停止的云主机才能创建镜像。",
)
WHILE_IMAGED = Text("While the image is made", "创建镜像期间")
IT_IS = Text("{instance} is {status}.", "{instance} 当前状态：{status}。")
STOP_AND_START = Text("Stop it, make the image, start it again", "停止云主机，创建镜像，再重新启动")
EACH_THAT_RUNS = Text("Goes for each that is running: {instances}.", "适用于每台运行中的云主机：{instances}。")
EACH_DOWN_FOR = Text("Each is down for about {duration}, as usual.", "按以往情况，每台停机约 {duration}。")
DOWN_FOR = Text("It is down for about {duration}, as usual.", "按以往情况，停机约 {duration}。")
WHEN_STOPPED = Text("Begin when it is stopped", "等云主机停止后开始")
WHEN_STOPPED_DETAILS = Text("The request waits for somebody to stop it.", "申请会等待有人将其停止。")
LIVE = Text("Make the image while it runs", "在运行中创建镜像")
TORN = Text("The data may be torn: it is written to meanwhile.", "数据可能不一致：期间仍有写入。")
RELEASES = Text(
    "⚠️ Stopping {instance} releases its CPU, memory, GPU and local data disks, as it is set in JD Cloud "
    "(stopCharging): it may then not start again.",
    "⚠️ 按京东云中的设置（stopCharging），停止 {instance} 会释放其 CPU、内存、GPU 和本地数据盘，之后可能无法再次启动。",
)
NOT_BEFORE = Text("Not before", "不早于")
NOT_BEFORE_HINT = Text("Left empty, it begins as soon as it is approved.", "留空则批准后立即开始。")
NOT_BEFORE_HINT_HOURS = Text(
    "Left empty, it begins as soon as it is approved and the hours allow it.", "留空则批准后，一到允许的时段即开始。"
)

WAITS = Text("ℹ️ {request} by {person} already waits for {instance}.", "ℹ️ {person} 的 {request} 已在等待 {instance}。")
UNDER_WAY = Text(
    "ℹ️ {request} by {person} is under way for {instance}.", "ℹ️ {person} 的 {request} 正在处理 {instance}。"
)
SETTLE = Text("{words} fits several instances. Which one?", "{words} 对应多台云主机，请选择：")
SETTLE_ONE = Text("Is {words} this one?", "{words} 是这一台吗？")
SETTLE_NEARLY = Text(
    "⚠️ No instance has {words} in its name, id or private IP. Choose the nearest here, or another one above.",
    "⚠️ 没有名称、ID 或内网 IP 含 {words} 的云主机。请在此选择名称最接近的，或在上方另选。",
)
DISKS_AND_NAME = Text("Disks and name", "磁盘与名称")
DISKS_AND_NAME_WHICH = Text("Disks and name of {instance}", "{instance} 的磁盘与名称")
IMAGE_NAME = Text("image {name}", "镜像 {name}")
HOW_THEY_RUN = Text("How they run", "执行方式")
ONE_AFTER_ANOTHER = Text("One after another", "逐台执行")
NEXT_WAITS = Text("The next one begins when the one before has ended well.", "前一台顺利完成后才开始下一台。")
SIDE_BY_SIDE = Text("Side by side", "同时执行")
AT_ONCE = Text("All of them begin at once.", "所有云主机同时开始。")
CHECK_AGAIN = Text("Check again", "重新检查")
LOAD_AGAIN = Text("Load again", "重新加载")
LOOK_FOR_AGAIN = Text("Look for {words} again", "重新查找 {words}")
LOAD_AGAIN_WHICH = Text("Load {instance} again", "重新加载 {instance}")
CONSOLE = Text("Open the console", "打开控制台")

CHECKING = Text(
    "Checking {instance} with JD Cloud…\nYou can close this window: the result then comes as a direct message.",
    "正在向京东云核对 {instance}…\n您可以关闭此窗口，届时结果会以私信发送。",
)
SENT = Text(
    "{request} was sent for approval.\nImage {name} of {instance}: {snapshots}, {size}.",
    "{request} 已提交审批。\n{instance} 的镜像 {name}：{snapshots}，共 {size}。",
)

CHECKING_ELSEWHERE = Text(
    "This form was sent before, from another window: the result is shown there, or comes as a direct message.",
    "此表单已从另一窗口提交，结果会显示在该窗口或以私信发送。",
)
SENT_BEFORE = Text(
    "This form was sent before, and has become {request}. Its card in your direct messages says how it stands.",
    "此表单此前已提交，申请编号为 {request}。进展请查看私信中的卡片。",
)

PLAINER = Text(
    "Slack does not take this window as it should be, so it is plainer. Tell whoever runs the bot: reference {reference}.",
    "Slack 无法按原样显示此窗口，因此显示简化版。请把编号 {reference} 告知管理员。",
)
STUCK = Text(
    "Slack does not show this form. What you chose is kept: open it again. "
    "If that does not help, tell whoever runs the bot: reference {reference}.",
    "Slack 无法显示此表单。您的选择已保留，请重新打开。如仍无法显示，请把编号 {reference} 告知管理员。",
)
NOT_REDRAWN = Text(
    "Slack is not answering, so your form may show less than there is. What you chose is kept: open it again.",
    "Slack 没有响应，表单可能未显示最新内容。您的选择已保留，请重新打开。",
)
OPEN_AGAIN = Text("Open again", "重新打开")
