"""The words about several machines in one request, wherever they stand."""

from bot.texts import Text

AND_MORE = Text("{machines} and {count} more", "{machines}，另有 {count} 台")
WHAT = Text("images of {count} machines ({machines})", "{count} 台云主机（{machines}）的镜像")
HEADLINE = Text(
    "{person} wants images of {count} machines in {place}: {machines}",
    "{person} 申请为 {count} 台云主机（{place}）创建镜像：{machines}",
)
HEADLINE_OWN = Text(
    "You asked for images of {count} machines in {place}: {machines}",
    "您申请为 {count} 台云主机（{place}）创建镜像：{machines}",
)
IN_PLACE = Text("{machine} ({place})", "{machine}（{place}）")

NONE_STOPS = Text("{order}; the bot stops no machine", "{order}，机器人不停止任何云主机")
EACH_DOWN = Text("{order}: each down while its image is made", "{order}：每台在创建镜像期间停机")
SOME_DOWN = Text(
    "{order}: {count} of {all} machines down while imaged",
    "{order}：{all} 台云主机中有 {count} 台在创建镜像期间停机",
)
EACH_DOWN_FOR = Text("{order}: each down for about {duration}", "{order}：每台停机约 {duration}")
SOME_DOWN_FOR = Text(
    "{order}: {count} of {all} machines down for about {duration}",
    "{order}：{all} 台云主机中有 {count} 台停机，约 {duration}",
)
EACH_SOME_DOWN_FOR = Text(
    "{order}: {count} of {all} machines down, each for about {duration}",
    "{order}：{all} 台云主机中有 {count} 台停机，每台约 {duration}",
)
SPAN = Text("{low} to {high}", "{low} 至 {high}")
IN_ALL = Text("about {duration} in all", "共约 {duration}")

STOP_IMAGE_START = Text("stop, image, start", "停止、创建镜像、启动")
IMAGE = Text("image", "创建镜像")
LIVE = Text("image *while it runs: the data may be torn*", "*在运行中* 创建镜像 *（数据可能不一致）*")
RELEASES = Text(
    "*stopping it releases CPU, memory, GPU and local data disks; it may not start again*",
    "*停止会释放 CPU、内存、GPU 和本地数据盘，之后可能无法再次启动*",
)
NOT_YET_STOPPED = Text(
    "*begins when it is stopped, by whoever stops it* (now: {status}, seen {when})",
    "*停止后（由任何人停止均可）开始* （当前：{status}，{when} 查看）",
)
NOT_AT_REST = Text(
    "*begins when it is running or stopped* (now: {status}, seen {when})",
    "*处于运行中或已停止后开始* （当前：{status}，{when} 查看）",
)

IMAGES_OF = Text("Images of {count} machines: {machines}", "{count} 台云主机的镜像：{machines}")
SMALL = Text("{request} · {count} images", "{request} · {count} 个镜像")
BUTTON_OF = Text("{label}: {request}, images of {count} machines", "{label}：{request}，{count} 台云主机的镜像")
BUTTON_FOR = Text("{label}: {machine}", "{label}：{machine}")
DETAILS_OF = Text("Details of one machine", "单台云主机的详情")

HELD_SHORT = Text("held: somebody has to say how it goes on", "已暂停，等待人工决定")
OFF_SHORT = Text("a machine is off", "有云主机处于关机状态")
DONE_SHORT = Text("{done} of {count} images made", "已完成 {done}/{count} 个镜像")
HELD = Text(
    "*Held: {machines}.* Somebody has to press *Go on* or *End here* before anything more begins.",
    "*已暂停：{machines}*\n有人点击“继续”或“到此结束”之前，不会处理后面的云主机。",
)
OFF = Text(
    "*Off: {machines}. JD Cloud does not start what the bot has stopped.* The bot goes on trying.",
    "*处于关机状态：{machines}。机器人已将其停止，但京东云未能启动。*\n机器人会继续尝试。",
)
UNSURE = Text(
    "{approvers}: nobody can tell whether JD Cloud did what it was asked for {machines}. Please decide.",
    "{approvers}：无法确定京东云是否已对 {machines} 执行操作，请决定如何处理。",
)
UNSURE_FOR_REQUESTER = Text(
    "Nobody can tell whether JD Cloud did what it was asked for {machines}. The approvers look into it.",
    "无法确定京东云是否已对 {machines} 执行操作，审批人正在核实。",
)
STEP_WITH_IMAGE = Text("{step} ({image})", "{step}（{image}）")
STEP_TO_COME = Text("○ to come", "○ 待执行")
STEP_HELD = Text("○ held", "○ 已暂停")
WAITS_FOR = Text("○ waits for {request}, which has this machine", "○ 等待 {request}：它正在使用此云主机")
NOT_BEGUN = Text("– not begun", "– 未开始")
OUT_OF_HOURS = Text("begins {when}, when the hours of its rule begin", "将于 {when} 进入规则允许的时段后开始")
WAIT_UNTIL_STOPPED = Text(
    "Approved by {people}. What runs begins when it is stopped, by whoever stops it, until {when}:",
    "已由 {people} 批准。运行中的云主机停止后（由任何人停止均可）即开始，截止时间 {when}：",
)
BEGINS_WHEN_STOPPED = Text(
    "begins when it is stopped, by whoever stops it (now: {status})", "停止后（由任何人停止均可）开始（当前：{status}）"
)
WHY = Text("↳ {reason}", "↳ {reason}")
READY = Text("All {count} images are ready.", "{count} 个镜像全部可用。")
PARTLY = Text("{done} of {count} images ready.", "{count} 个镜像中有 {done} 个可用。")
ENDED = Text("Ended by {person}.", "已由 {person} 结束。")
FAILED = Text("No image was made, and the bot does not try again by itself.", "未创建任何镜像，机器人不会自动重试。")

MADE = Text("• {machine} · image {image}, {name}", "• {machine} · 镜像 {image}，{name}")
MADE_LIVE = Text("made while it ran, the data may be torn", "在运行中创建，数据可能不一致")
NOT_MADE = Text("• {machine} · *no image*", "• {machine} · *未创建镜像*")
NOT_MADE_BROKEN = Text("• {machine} · *image {image} failed*", "• {machine} · *镜像 {image} 失败*")
LEFT_BY = Text("{status}, as {person} said", "{status}（{person} 要求）")
NEVER_BEGUN = Text("not begun", "未开始")
ALL_SEEN = Text("Machines as seen {when}.", "以上云主机状态查看于 {when}。")
IMAGE_IDS = Text("Image ids: {images}", "镜像 ID：{images}")
TOLD_READY = Text(
    "{requester} All {count} images of {request} are ready:", "{requester} {request} 的 {count} 个镜像全部可用："
)
TOLD_PARTLY = Text(
    "{requester} {request}: {done} of {count} images ready.",
    "{requester} {request} 的 {count} 个镜像中有 {done} 个可用。",
)
TOLD_HELD = Text(
    "{request} does not go on by itself: {failed} did not end well. Held: {machines}. "
    "*Go on* begins with {next} now; *End here* leaves what is held as it is.",
    "{request} 已暂停：{failed} 未顺利完成。暂停的云主机：{machines}。"
    "点击“继续”将开始处理 {next}；点击“到此结束”则不再处理暂停的云主机。",
)
TOLD_HELD_UNSURE = Text(
    "{request} does not go on by itself: nobody can tell what has become of {failed}. Held: {machines}. "
    "*Go on* begins with {next} now; *End here* leaves what is held as it is.",
    "{request} 已暂停：无法确定 {failed} 的结果。暂停的云主机：{machines}。"
    "点击“继续”将开始处理 {next}；点击“到此结束”则不再处理暂停的云主机。",
)
TOLD_OFF = Text(
    "JD Cloud does not start {machines}, stopped by the bot for {request} and off since. The bot goes on trying.",
    "{machines} 处于关机状态。机器人为 {request} 将其停止，但京东云未能启动。机器人会继续尝试。",
)
TOLD_UNSURE = Text(
    "{approvers}: nobody can tell whether JD Cloud did what it was asked for {machines}, of {request}. Please look for "
    "{mark} in the descriptions of the images in {region}, and decide on the card above.",
    "{approvers}：无法确定京东云是否已对 {request} 的 {machines} 执行操作。"
    "请在{region}的镜像描述中查找 {mark}，然后在上方卡片中决定。",
)
TOLD_UNSURE_YOURS = Text(
    "Nobody can tell whether JD Cloud did what it was asked for {machines}, of {request}. The approvers are asked to "
    "look for {mark} in the descriptions of the images in {region}, and to decide.",
    "无法确定京东云是否已对 {request} 的 {machines} 执行操作。已请审批人在{region}的镜像描述中查找 {mark} 并作出决定。",
)

GO_ON = Text("Go on", "继续")
GO_ON_TITLE = Text("Go on with {request}?", "继续 {request}？")
GO_ON_TEXT = Text(
    "The next machine, {machine}, begins now, and then the others. What has failed stays as it is.",
    "将立即开始处理下一台云主机 {machine}，然后是其余的云主机。已失败的保持不变。",
)
END_TEXT = Text(
    "Nothing new begins. What is under way goes on to its end, and every machine that the bot has stopped is started "
    "again.",
    "不再开始新的步骤。进行中的步骤会继续完成，由机器人停止的每台云主机都会再次启动。",
)
CANCEL_TEXT = Text("None of the {count} images will be made.", "{count} 个镜像都不会创建。")
APPROVE_TEXT = Text(
    "JD Cloud will be asked to make images of {count} machines.", "将请求京东云为 {count} 台云主机创建镜像。"
)
APPROVE_STOPS = Text(
    "{count} of them will be stopped for it and started again, {order}.",
    "其中 {count} 台会为此停止并重新启动（{order}）。",
)
APPROVE_STOPS_ONE = Text("{machine} will be stopped for it and started again.", "其中 {machine} 会为此停止并重新启动。")
APPROVE_RELEASES = Text(
    "Stopping releases CPU, memory, GPU and local data disks of {machines}.",
    "停止会释放 {machines} 的 CPU、内存、GPU 和本地数据盘。",
)
APPROVE_LIVE = Text(
    "{machines}: made while it runs, the data may be torn.", "{machines}：在运行中创建，数据可能不一致。"
)
ONE_AFTER_ANOTHER = Text("one after another", "逐台执行")
SIDE_BY_SIDE = Text("side by side", "同时执行")
BEGIN_ONE_AFTER_ANOTHER = Text("One after another", "逐台执行")
BEGIN_SIDE_BY_SIDE = Text("Side by side", "同时执行")
SENT = Text(
    "{request} was sent for approval.\nImages of {count} machines ({machines}): {snapshots}, {size}.",
    "{request} 已提交审批。\n{count} 台云主机（{machines}）的镜像：{snapshots}，共 {size}。",
)
