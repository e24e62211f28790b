"""Reliance: what other sites do with certificates, ours and others'."""
