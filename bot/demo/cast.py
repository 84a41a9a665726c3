"""Who is in the demo's workspace, and where they meet."""

from bot.demo.slack import Channel, User, Workspace

OPS, APPROVALS = "C0OPS", "C0APPROVALS"
AMY, BEN, CHEN, DAN = "U0AMY", "U0BEN", "U0CHEN", "U0DAN"

ROLES = {AMY: "asks", BEN: "approves", CHEN: "approves in Chinese", DAN: "looks on"}
"""What each of them is there for."""


def assemble(workspace: Workspace) -> None:
    """Fills a workspace with the people and channels of the demo."""
    for user in (
        User(id=AMY, name="amy", real_name="Amy"),
        User(id=BEN, name="ben", real_name="Ben"),
        User(id=CHEN, name="chen", real_name="陈晨", locale="zh-CN"),
        User(id=DAN, name="dan", real_name="Dan"),
    ):
        workspace.add_user(user)
    everybody = {AMY, BEN, CHEN, DAN}
    workspace.add_channel(Channel(id=OPS, name="ops", members=set(everybody)))
    workspace.add_channel(Channel(id=APPROVALS, name="image-approvals", members=set(everybody)))
