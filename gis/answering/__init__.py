"""Answers told: on a terminal, as JSON, as a letter, as a table."""
