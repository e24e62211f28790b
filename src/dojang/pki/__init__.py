"""The standards, sans-IO: one module per RFC or specification. Knows nothing of customers, stores, clocks or
networks.
"""
