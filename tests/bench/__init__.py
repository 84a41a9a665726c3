"""How fast the bot is beside what one would otherwise have: `python -m tests.bench`."""
