"""What the form says that asks why a request is rejected."""

from bot.texts import Text

TITLE = Text("Reject request", "驳回申请")
SEND = Text("Reject", "驳回")
REASON = Text("Reason", "理由")
ABOUT = Text("{request}: image {name} of {instance}", "{request}：{instance} 的镜像 {name}")
ABOUT_SEVERAL = Text(
    "{request}: images of {count} machines ({machines})", "{request}：{count} 台云主机（{machines}）的镜像"
)
