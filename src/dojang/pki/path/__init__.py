"""Certification paths (RFC 5280 section 6): built within a budget, then checked to the letter."""
