"""A simulated bank in the shape of KFTC Open Banking: ledger, statements, result codes."""
