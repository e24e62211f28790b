"""Specimen identity documents: Korean ID cards of invented people, drawn and photographed from a seed.

`people` invents the person, `draw.draw_specimen` makes flat artwork with its ground truth, `photograph.photograph`
takes a picture of it, `suite` plans a frozen set for benches. Nothing here knows any reader.
Every document carries a visible 견본/SPECIMEN mark, and every number is one that was never issued.
"""
