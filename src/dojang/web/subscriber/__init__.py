"""The subscriber's interface: accounts, applications, proofing, certificates."""
