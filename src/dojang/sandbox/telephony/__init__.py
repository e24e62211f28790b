"""A simulated telephone network: lines with owners, calls, handsets."""
