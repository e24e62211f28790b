"""Signing people in at relying parties: a challenge signed with the certificate, answered by a code."""
