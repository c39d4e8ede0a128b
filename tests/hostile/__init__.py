"""Bad input through every door: a sentence, the right status, and nothing written."""
