"""Asking people for signatures: a party's document, looked at and signed on the customer's device, handed back B-LT."""
