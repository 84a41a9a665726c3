"""The settings of the bot, read from the environment."""

from bot.settings.fields import DatabaseSettings, Settings
from bot.settings.load import SettingsError, load_database_settings, load_settings

__all__ = ["DatabaseSettings", "Settings", "SettingsError", "load_database_settings", "load_settings"]
