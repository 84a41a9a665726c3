"""The words in the form of a disk to add."""

from bot.domain.disks import ChargeMode, ChargeUnit
from bot.texts import Text

ADD = Text("Add a disk", "添加磁盘")
EDIT = Text("Edit", "编辑")
EDIT_WHICH = Text("Edit {disk}", "编辑 {disk}")
REMOVE = Text("Remove", "移除")
REMOVE_WHICH = Text("Remove {disk}", "移除 {disk}")

TITLE = Text("Disk to add", "添加的磁盘")
DONE = Text("Done", "完成")
BACK = Text("Back", "返回")
DEVICE = Text("Device name", "设备名")
DEVICE_HINT = Text(
    "Devices that are attached are not offered: leave such a disk out, and add the new one at a free device.",
    "已挂载的设备名不可选：请取消勾选该磁盘，并在空闲设备名上添加新磁盘。",
)
SOURCE = Text("Source", "来源")
BLANK = Text("Blank", "空白盘")
FROM_SNAPSHOT = Text("Snapshot", "快照")
SNAPSHOT = Text("Snapshot", "快照")
SNAPSHOT_HINT = Text("Search by name or id", "按名称或 ID 搜索")
DISK_TYPE = Text("Disk type", "磁盘类型")
SIZE = Text("Size (GiB)", "大小（GiB）")
SIZE_HINT = Text(
    "{type}: {minimum} to {maximum} GiB in steps of {step}", "{type}：{minimum}～{maximum} GiB，步长 {step}"
)
NAME = Text("Name", "名称")
NAME_HINT = Text(
    "{minimum} to {maximum} characters: Chinese, letters, digits, _ -",
    "{minimum}～{maximum} 个字符：中文、字母、数字、_ -",
)
NAME_OF_SNAPSHOT = Text("Left empty, it is named as its snapshot: {name}", "留空则沿用快照名称：{name}")
ZONE = Text("Zone: {az}, the instance's own.", "可用区：{az}（与云主机相同）。")
DESCRIPTION = Text("Description", "描述")
AUTO_DELETE = Text("Delete with the instance", "随云主机删除")
AUTO_DELETE_YES = Text("Yes: deleted together with the instance", "是：删除云主机时一并删除")
AUTO_DELETE_NO = Text("No: kept when the instance is deleted", "否：删除云主机时保留")
SHARED = Text("Shared between instances", "多主机共享")
SHARED_NO = Text("No: attached to one instance", "否：只挂载到一台云主机")
SHARED_YES = Text("Yes: may be attached to several", "是：可挂载到多台云主机")
BILLING = Text("Billing", "计费方式")
BILLING_UNIT = Text("Billing unit", "计费单位")
BILLING_DURATION = Text("Billing duration", "计费时长")
DURATION_HINT = Text("{minimum} to {maximum}", "{minimum}～{maximum}")

MODES = {
    ChargeMode.POSTPAID_BY_DURATION: Text("By configuration, paid afterwards", "按配置（后付费）"),
    ChargeMode.POSTPAID_BY_USAGE: Text("By usage, paid afterwards", "按用量（后付费）"),
    ChargeMode.PREPAID_BY_DURATION: Text("Prepaid for a time", "包年包月（预付费）"),
}
UNITS = {ChargeUnit.MONTH: Text("Months", "月"), ChargeUnit.YEAR: Text("Years", "年")}
