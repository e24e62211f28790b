"""What of the authority's own runs out, and who is told in time (RFC 3647 section 5.6, key changeover)."""
