"""Drawing lines of Korean text as a telephone's camera would see them on a card: words, print, paper, photograph.

Knows nothing of networks. Never uses the typefaces, names or roads of the sandbox's specimens, which are the judges.
"""
