"""The customer's side of moving a certificate: `dojang-move-v1` without a browser. Source: docs/transfer.md."""
