"""Discord: a channel told through its webhook, in one embed; nobody is ever called by name."""
