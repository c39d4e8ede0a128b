"""Microsoft Teams: a channel told through a workflow's webhook, in an adaptive card."""
