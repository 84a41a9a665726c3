"""What Slack sends and takes: payloads, ids, answers, errors, Socket Mode."""
