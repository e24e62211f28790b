"""Relying parties: who they are, how they prove it, and how much they may ask for."""
