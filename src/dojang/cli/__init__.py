"""The command `dojang`: operators' tools, servers, and the customer's side without a browser."""
