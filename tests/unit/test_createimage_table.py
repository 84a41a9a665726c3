"""docs/createimage.md names every parameter that goes over the wire, and no other."""

import re
from pathlib import Path

from pydantic import BaseModel

from bot.domain import limits
from bot.jdcloud import ChargeSpec, CreateImageSpec, DiskSpec, InstanceDiskAttachmentSpec

PAGE = (Path(__file__).parents[2] / "docs" / "createimage.md").read_text(encoding="utf-8")
ROWS = {
    name: (slack, sent) for name, slack, sent in re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
}


def aliases(model: type[BaseModel], prefix: str) -> set[str]:
    """A model's fields as they are called on the wire."""
    return {prefix + str(field.alias or name) for name, field in model.model_fields.items()}


def test_every_parameter_has_a_row() -> None:
    """A field that is added to the wire is added to the page, and the other way round."""
    on_the_wire = (
        {"regionId", "instanceId"}
        | aliases(CreateImageSpec, "")
        | aliases(InstanceDiskAttachmentSpec, "dataDisks[].")
        | aliases(DiskSpec, "cloudDiskSpec.")
        | aliases(ChargeSpec, "charge.")
    )
    assert set(ROWS) == on_the_wire


def test_the_page_gives_the_rules_of_the_code() -> None:
    """Lengths and ranges on the page are those that are enforced."""
    assert f"{limits.NAME.minimum} to {limits.NAME.maximum} characters" in ROWS["name"][1]
    assert f"at most {limits.DESCRIPTION.maximum} characters" in ROWS["description"][1]
    sizes = ROWS["cloudDiskSpec.diskSizeGB"][1]
    for disk_type, rule in limits.DISK_TYPES.items():
        assert f"{disk_type} {rule.minimum} to {rule.maximum}" in sizes
        assert f"`{disk_type}`" in ROWS["cloudDiskSpec.diskType"][1]
    durations = ROWS["charge.chargeDuration"][1]
    for unit, allowed in limits.DURATIONS.items():
        assert f"{min(allowed)} to {max(allowed)} {unit}s" in durations
    assert f"{limits.DEVICES[0]} to {limits.DEVICES[-1]}" in ROWS["dataDisks[].deviceName"][1]
