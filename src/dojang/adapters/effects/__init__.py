"""Effects on DBOS: enqueued inside the transaction that decides them, carried out by workers, at least once."""
