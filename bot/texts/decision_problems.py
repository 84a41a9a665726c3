"""The words of what somebody may not do, or not any more."""

from bot.domain.errors import Code
from bot.texts import Text

DECISIONS: dict[Code, Text] = {
    Code.NOT_A_MEMBER: Text(
        "Only full members of this workspace may ask for images; guests and people of other organisations may not.",
        "只有本工作区的正式成员可以申请镜像，访客和外部人员不可以。",
    ),
    Code.PERSON_NOT_FOUND: Text(
        "Slack does not know you as somebody of this workspace, so you cannot ask for images here.",
        "Slack 在本工作区中找不到您的账号，因此您无法在此申请镜像。",
    ),
    Code.NOT_A_REQUESTER: Text(
        "You are not among the people who may ask for images. Ask whoever runs this bot.",
        "您不在可申请镜像的人员名单中，请联系机器人管理员。",
    ),
    Code.NOT_AN_APPROVER: Text("You are not among the approvers.", "您不是审批人。"),
    Code.NOT_YOURS_NOR_AN_APPROVER: Text(
        "Only whoever asked for it and its approvers may do that.", "只有申请人本人和审批人可以执行此操作。"
    ),
    Code.OWN_REQUEST: Text(
        "You cannot approve your own request. Somebody else has to.", "您不能批准自己的申请，需要由他人批准。"
    ),
    Code.NOT_YOUR_REQUEST: Text("Only the person who asked for it can do this.", "只有申请人本人可以这样做。"),
    Code.ALREADY_DECIDED: Text(
        "You have approved {request} already. It needs other people's approvals too.",
        "您已批准过 {request}，还需要其他人批准。",
    ),
    Code.APPROVAL_UNCONFIRMED: Text(
        "Your approval of {request} is noted. It counts as soon as Slack says that you may approve; you need not do anything.",
        "您对 {request} 的批准已记录，待 Slack 确认您的审批权限后计入，无需其他操作。",
    ),
    Code.ROLE_UNKNOWN: Text(
        "Slack has not told in time whether you may do this. Nothing was changed; try again in a moment.",
        "Slack 未能及时确认您的权限，未做任何更改，请稍后再试。",
    ),
    Code.TOO_FEW_APPROVERS: Text(
        "Nobody was asked, because it could never be approved. Approvals needed: {needed}; people who may approve a request of yours: {able}. Whoever runs this bot can add approvers.",
        "未通知审批人，因为该申请无法获得批准。所需批准：{needed} 人；可审批您的申请的人员：{able} 人。请联系机器人管理员增加审批人。",
    ),
    Code.TOO_FEW_APPROVERS_BY_RULE: Text(
        "Nobody was asked, because it could never be approved. Approvals needed by the rule “{rule}”: {needed}; people who may approve a request of yours by it: {able}. Whoever runs this bot can change the rule.",
        "未通知审批人，因为该申请无法获得批准。规则“{rule}”所需批准：{needed} 人；按该规则可审批您的申请的人员：{able} 人。请联系机器人管理员修改规则。",
    ),
    Code.APPROVERS_LEFT_BY_RULE: Text(
        "It cannot be approved as things are. Approvals still needed by the rule “{rule}”: {missing}; people who still can: {able}. Whoever runs this bot can change the rule.",
        "目前无法完成审批。规则“{rule}”还需批准：{missing} 人；仍可审批的人员：{able} 人。请联系机器人管理员修改规则。",
    ),
    Code.REFUSED_BY_RULE: Text(
        "Nobody may ask for an image of {instance}: {why}", "任何人都不能为 {instance} 申请镜像：{why}"
    ),
    Code.RULE_CHANGED: Text(
        "By its name and tags of now, another rule decides about {instance} than when it was approved. Request again, so that those who decide now are asked.",
        "按当前的名称和标签，{instance} 由另一条规则决定，与批准时不同。请重新申请，由现在的审批人决定。",
    ),
    Code.TICKET_MISSING: Text(
        "A ticket is needed, {such}: write it into the description or the note.",
        "需要工单号（{such}），请写入描述或备注。",
    ),
    Code.HOURS_NEVER: Text(
        "There is no time at which all of these instances may be worked on. Ask for them one by one.",
        "这些云主机没有共同的可操作时间，请分别申请。",
    ),
    Code.OUT_OF_HOURS: Text("It begins when the hours of its rule begin.", "将在规则允许的时段内开始。"),
    Code.FROZEN: Text("Nothing new begins while it is frozen. {why}", "冻结期间不开始新的操作。{why}"),
    Code.CLOSED_MEANWHILE: Text(
        "No image was begun any more, and the machine that the bot has stopped is started again.",
        "不再开始创建镜像，机器人停止的云主机会再次启动。",
    ),
    Code.NOT_FOR_EMERGENCIES: Text(
        "You are not among the people who may begin without an approval.", "您不在可紧急执行的人员名单中。"
    ),
    Code.WHY_MISSING: Text("Say why it cannot wait for an approval.", "请说明为何不能等待批准。"),
    Code.REVIEWED_ALREADY: Text("Nobody has to review {request} any more.", "{request} 已无需复核。"),
    Code.OWN_EMERGENCY: Text(
        "You began it yourself. Somebody else has to review it.", "这是您本人紧急执行的，需要由他人复核。"
    ),
    Code.APPROVERS_LEFT: Text(
        "It cannot be approved as things are. Approvals still needed: {missing}; people who still can: {able}. Whoever runs this bot can add approvers.",
        "目前无法完成审批。还需批准：{missing} 人；仍可审批的人员：{able} 人。请联系机器人管理员增加审批人。",
    ),
    Code.NOBODY_TO_CALL: Text(
        "There is nobody to nudge: everybody who can decide about {request} has done so.",
        "没有可催办的人：能审批 {request} 的人都已审批。",
    ),
    Code.REQUEST_NOT_FOUND: Text("There is no request {request} (any more).", "找不到申请 {request}。"),
    Code.TOO_LATE: Text(
        "{request} is already {state}. Nothing was changed.", "{request} 的状态已是“{state}”，未做任何更改。"
    ),
    Code.NOT_RETRIABLE: Text(
        "The plan of {request} no longer holds. Request again instead.", "{request} 的方案已不适用，请重新申请。"
    ),
    Code.APPROVAL_EXPIRED: Text(
        "The approval of {request} is too old by now. Request again instead.", "{request} 的批准已过期，请重新申请。"
    ),
    Code.PLAN_CHANGED: Text(
        "What you saw of {request} is not what is stored. Look at its newest card.",
        "您看到的 {request} 与存储内容不一致，请查看最新卡片。",
    ),
    Code.FORM_GONE: Text(
        "This form is no longer known. Type /createimage for a new one.", "此表单已失效，请输入 /createimage 重新打开。"
    ),
}
