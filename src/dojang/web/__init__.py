"""The edge: one module per audience over HTTP. Knows status codes, JSON and sessions; decides nothing."""
