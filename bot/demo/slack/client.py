"""What Slack's client says itself, in the language of whoever reads it: English, or Chinese for `zh-…`."""

from typing import Literal

from bot.demo.slack.requests import Answer

Saying = Literal[
    "trouble",
    "command failed",
    "no such command",
    "timed out",
    "unreachable",
    "bad status",
    "bad answer",
    "required",
    "email",
    "url",
    "length",
    "too many",
    "number",
    "range",
]

_ENGLISH: dict[Saying, str] = {
    "trouble": "We had some trouble connecting. Try again?",
    "command failed": '{did} failed with the error "{error}"',
    "no such command": "`{command}` is not a valid command.",
    "timed out": "Operation timed out. Apps need to respond within 3 seconds.",
    "unreachable": "This app could not be reached.",
    "bad status": "This app responded with Status Code {status}.",
    "bad answer": "This app responded with an invalid payload.",
    "required": "Please complete this required field.",
    "email": "Enter a valid email.",
    "url": "Enter a valid URL.",
    "length": "Enter {low} to {high} characters.",
    "too many": "Choose {most} at most.",
    "number": "Enter a number.",
    "range": "Enter a number from {low} to {high}.",
}
_CHINESE: dict[Saying, str] = {
    "trouble": "连接时遇到问题。要重试吗？",
    "command failed": "{did} 失败，错误为“{error}”",
    "no such command": "`{command}` 不是有效的命令。",
    "timed out": "操作超时。应用须在 3 秒内响应。",
    "unreachable": "无法连接此应用。",
    "bad status": "此应用返回了状态码 {status}。",
    "bad answer": "此应用的响应无效。",
    "required": "请填写此必填字段。",
    "email": "请输入有效的电子邮件地址。",
    "url": "请输入有效的网址。",
    "length": "请输入 {low} 至 {high} 个字符。",
    "too many": "最多选择 {most} 项。",
    "number": "请输入数字。",
    "range": "请输入 {low} 至 {high} 之间的数字。",
}


def says(locale: str, what: Saying, **facts: object) -> str:
    """The words of Slack's client."""
    words = _CHINESE if locale.startswith("zh") else _ENGLISH
    return words[what].format(**facts)


def not_answered(locale: str, answer: Answer) -> str:
    """What stands at a button whose app did not answer well."""
    if answer.error == "operation_timeout":
        return says(locale, "timed out")
    if not answer.status:
        return says(locale, "unreachable")
    return says(locale, "bad answer") if answer.status == 200 else says(locale, "bad status", status=answer.status)
