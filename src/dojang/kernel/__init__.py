"""What every part may lean on: errors, ids, audit entries, effects, shared ports. Closed to utilities."""
