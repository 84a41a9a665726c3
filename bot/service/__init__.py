"""The use cases: what people and the worker can do. No Slack, no HTTP, no SQL."""
