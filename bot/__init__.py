"""createimage-bot: private images of JD Cloud virtual machines, asked for and approved in Slack."""
