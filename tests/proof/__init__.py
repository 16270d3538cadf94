"""The proof that nobody is lost and nobody gets a letter twice: `python -m tests.proof` kills, and counts."""
