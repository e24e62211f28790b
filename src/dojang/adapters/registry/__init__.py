"""Clients of the identity document registries."""
