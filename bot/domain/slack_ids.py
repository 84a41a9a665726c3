"""What Slack's ids say by their first letter (Slack: types of ids): a rule names people and groups alike."""


def is_group(named: str) -> bool:
    """Whether an id is a user group's, and not a person's (U…, W…)."""
    return named.startswith("S")


def is_channel(conversation: str) -> bool:
    """Whether several people read a conversation, and not one in their direct messages."""
    return conversation.startswith(("C", "G"))
