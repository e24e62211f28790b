"""Identity documents: what a resident card, a driver's licence and a passport say, and whether that can be right.

Pure: values and rules only. How pixels become text is told in `dojang.adapters.id_document`.
"""
