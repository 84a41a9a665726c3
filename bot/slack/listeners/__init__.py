"""What Slack tells the bot: one file a surface, which parses, calls the service, and shows."""
