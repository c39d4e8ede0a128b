"""How safe: kills in mid-work, a locked and a stopped database (`make faults`)."""
