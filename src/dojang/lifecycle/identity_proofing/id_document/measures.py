"""The measures of a photograph, by name. Taken on pixels by an adapter, judged by `quality` and `unsharpness`."""

from enum import StrEnum


class Measure(StrEnum):
    """Measures of one photograph, taken on the card found in it."""

    LOCATED = "located"  # [0, 1], how surely the card's outline was found
    WIDTH_PX = "width_px"  # the card's longer edge in the photograph
    SHARPNESS = "sharpness"  # ratio of fine to coarse contrast at the strongest edges; below .5 looks blurred
    BRIGHTNESS = "brightness"  # median luminance, 0-255
    CONTRAST = "contrast"  # 95th minus 5th percentile of luminance, 0-255
    GLARE = "glare"  # share of the card burnt out
    WASHED_OUT = "washed_out"  # share of the card that is white where most of it is and no print is dark
    GLARE_ON_TEXT = "glare_on_text"  # share of the text area burnt out
    OUTSIDE = "outside"  # share of the card lying outside the photograph
    TEXT_LINES = "text_lines"  # how many lines of text were found
    TEXT_PX = "text_px"  # how high a line of text usually is in the photograph, its margins included
    TEXT_SPAN_PX = "text_span_px"  # how far the lines of text reach in the photograph, along the longer way
    DETAIL_LEAST = "detail_least"  # fine against coarse gradients in the direction that has least; 2 and more is sharp
    DETAIL_MOST = "detail_most"  # the same in the direction that has most
    SECOND_DOCUMENT = "second_document"  # [0, 1], how surely another document lies beside it
    COLOUR = "colour"  # how far colours on the card differ; near 0 on a black-and-white copy
    STRIPES = "stripes"  # how much more a fine pattern runs one way round the colours, as a screen's stripes do
    LATTICE = "lattice"  # how far rows and columns of one fine pitch stand out, as a screen's pixels do
    WHOLE_LEAST = "whole_least"  # detail_least of the whole photograph, taken only where no document was recognised
    WHOLE_MOST = "whole_most"  # detail_most of it
