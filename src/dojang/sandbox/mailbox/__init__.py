"""A simulated notice provider that shows what it was given."""
