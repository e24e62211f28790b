"""Clients of the notice providers."""
