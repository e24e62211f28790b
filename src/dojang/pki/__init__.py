"""The standards, sans-IO: one module per RFC or specification. Knows nothing of customers, stores, clocks or
networks.
"""

from dojang.pki.definite_length import keep_definite_lengths

keep_definite_lengths()
