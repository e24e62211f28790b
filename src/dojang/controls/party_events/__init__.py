"""What relying parties are told: events of what they watch, in one feed a party, by poll and by webhook."""
