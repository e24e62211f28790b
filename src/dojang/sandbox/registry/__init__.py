"""Simulated registries of resident cards, licences and passports."""
