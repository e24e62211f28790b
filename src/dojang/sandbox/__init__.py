"""The neighbours, simulated honestly behind their own HTTP, and specimen documents.

A separate program: imports kernel only.
"""
