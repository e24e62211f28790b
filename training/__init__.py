"""How the Korean line recogniser is trained, measured and exported; outside the installed package.

Start at README.md. `lines/` draws lines of text, `feed` hands them to the trainer, `model` is the network, `train`,
`evaluate` and `export` are the three commands.
"""
