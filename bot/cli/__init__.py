"""What an operator asks on the command line, beside running the bot."""
