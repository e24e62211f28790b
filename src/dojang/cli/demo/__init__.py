"""`dojang demo`: a customer's whole road, on the real office and the sandbox neighbours, with files left to look at."""
