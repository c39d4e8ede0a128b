"""Slack: a room told through its incoming webhook, in blocks and Slack's own marks."""
