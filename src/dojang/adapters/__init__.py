"""The ports carried out: one folder per neighbour or store. Nothing here decides."""
