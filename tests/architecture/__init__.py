"""The house keeps its shape: contracts, foreign keys, sizes, documents that tell the truth."""
