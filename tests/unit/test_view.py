"""What stands in a form, as Slack sends it along."""

from typing import Any

from bot.slack.protocol.view import View


def chosen(*instances: str) -> dict[str, Any]:
    """The state of the menu of instances."""
    options = [{"value": f"cn-north-1/{instance}/{instance}"} for instance in instances]
    return {"instance": {"type": "multi_external_select", "selected_options": options}}


def test_what_stood_in_a_block_that_was_replaced_is_no_choice() -> None:
    """A choice that was made while the form was drawn anew may come along in a block that is gone, in any order."""
    old, new = "instance/0/0/3a1a59409851fcab", "instance/0/0/3c204fa729ab7932"
    for values in (
        {old: chosen("i-one111", "i-two222"), new: chosen("i-one111")},
        {new: chosen("i-one111"), old: chosen("i-one111", "i-two222")},
    ):
        blocks = [{"type": "input", "block_id": new}]
        sent = {"private_metadata": "draft-1", "blocks": blocks, "state": {"values": values}}
        view = View.model_validate(sent)
        assert view.choices().instances == (("cn-north-1", "i-one111"),)
        assert view.choices().disks == "3c204fa729ab7932"
        assert view.places() == {"instance": new}
