"""Dojang (도장, a seal): a bank's certificate office.

Proves from a distance who a customer is, issues and re-issues that customer's joint certificate (공동인증서), looks
after it until it ends, and lets other sites rely on it. The tree follows the chapters of a certification practice
statement (RFC 3647); start reading at `lifecycle/`.
"""

__version__ = "0.1.0"
