"""The nights, each retold from a published incident for the fictional brand."""
