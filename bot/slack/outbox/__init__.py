"""What goes to Slack: what is owed, and what is shown at once."""
