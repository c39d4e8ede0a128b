"""Signed webhooks: other people's machines told as Standard Webhooks 1.0.0 describes."""
