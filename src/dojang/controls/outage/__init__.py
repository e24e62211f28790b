"""Outages of neighbours (RFC 3647 chapter 5.7): circuit breakers shared by all processes, and what people are told."""
