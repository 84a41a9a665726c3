"""The words about the rules that decide: in the form, and on cards."""

from bot.domain.hours import DAY_MINUTES, Hours, Window
from bot.texts import Text, units

GOES_TO = Text(
    "Goes to {channel}. Approvals needed: {count}, from {approvers}.",
    "将提交至 {channel}，需 {count} 人批准（审批人：{approvers}）。",
)
GOES_TO_FOR = Text(
    "For {rule}: goes to {channel}. Approvals needed: {count}, from {approvers}.",
    "{rule}：将提交至 {channel}，需 {count} 人批准（审批人：{approvers}）。",
)
OTHER_MACHINES = Text("the other machines", "其他云主机")
NO_STOP = Text("The bot may not stop {instance} here.", "此处不允许机器人停止 {instance}。")
NO_STOP_BY_RULE = Text(
    "The rule “{rule}” does not let the bot stop {instance}.", "规则“{rule}”不允许机器人停止 {instance}。"
)
TICKET_WANTED = Text(
    "A ticket is needed here or in the note, {such}.",
    "此处或备注中需要填写工单号，{such}。",
)
SUCH_AS = Text("such as {example}", "例如 {example}")
SUCH_AS_FITS = Text("one that fits the rule “{rule}”: `{pattern}`", "须符合规则“{rule}”：`{pattern}`")
TICKET = Text("Ticket: {ticket}", "工单：{ticket}")
RULE = Text("Rule: {name}", "规则：{name}")
RULES = Text("Rules: {names}", "规则：{names}")
HOURS = Text("Steps begin {hours} only.", "仅在以下时段开始操作：{hours}。")
WINDOW = Text("{days} {begin}–{end}", "{days} {begin}–{end}")
ALL_DAY = Text("{days} all day", "{days}全天")
NEXT_WINDOW = Text("{windows}; {next}", "{windows}；{next}")
IN_ZONE = Text("{windows} ({zone})", "{windows}（{zone}）")
DAYS = Text("{first}–{last}", "{first}至{last}")
EVERY_DAY = Text("every day", "每天")
WEEKDAYS = (
    Text("Mon", "周一"),
    Text("Tue", "周二"),
    Text("Wed", "周三"),
    Text("Thu", "周四"),
    Text("Fri", "周五"),
    Text("Sat", "周六"),
    Text("Sun", "周日"),
)


def ticket(example: str, pattern: str, rule: str, language: str) -> str:
    """What a ticket looks like: by an example where there is one, else by its pattern and the rule that wants it."""
    if example:
        return SUCH_AS(language, example=example)
    return SUCH_AS_FITS(language, rule=rule, pattern=pattern)


def hours(value: Hours, language: str) -> str:
    """Hours in words: "Mon–Fri 22:00–04:00 (Asia/Shanghai)"."""
    windows, *others = (_window(window, language) for window in value.windows)
    for other in others:  # a comma parts the days of one
        windows = NEXT_WINDOW(language, windows=windows, next=other)
    return IN_ZONE(language, windows=windows, zone=value.zone)


def _window(window: Window, language: str) -> str:
    days = _days(window, language)
    if (window.begin, window.end) == (0, DAY_MINUTES):
        return ALL_DAY(language, days=days)
    return WINDOW(language, days=days, begin=_time(window.begin), end=_time(window.end))


def _days(window: Window, language: str) -> str:
    """Days that follow each other as a range, from three on."""
    if len(window.days) == len(WEEKDAYS):
        return EVERY_DAY(language)
    runs: list[list[int]] = []
    for day in sorted(window.days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = []
    for run in runs:
        names = [WEEKDAYS[day](language) for day in run]
        said += [DAYS(language, first=names[0], last=names[-1])] if len(names) > 2 else names
    return units.listed(said, language)


def _time(minutes: int) -> str:
    return "24:00" if minutes == DAY_MINUTES else f"{minutes // 60:02}:{minutes % 60:02}"
