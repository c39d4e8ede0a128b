"""The walk of one update, read aloud (see ARCHITECTURE.md)."""
