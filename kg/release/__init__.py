"""A verdict -> an immutable folder, and that folder -> an open release."""
