"""The customer's side without a browser: a device that makes and keeps keys, and the public interface's client.

Uses nothing of the office but its public HTTP interface; keys, R and the certificate password stay here.
"""
