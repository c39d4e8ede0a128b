"""The terminal's door: translate, call one verb, translate back."""
