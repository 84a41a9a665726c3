"""The settings of the bot: those of the environment, and the rules of the policy file."""

from bot.settings.fields import DatabaseSettings, Settings
from bot.settings.load import SettingsError, load_database_settings, load_settings
from bot.settings.policy_file import PolicyError, PolicyFile, load_policy, load_policy_file

__all__ = [
    "DatabaseSettings",
    "PolicyError",
    "PolicyFile",
    "Settings",
    "SettingsError",
    "load_database_settings",
    "load_policy",
    "load_policy_file",
    "load_settings",
]
