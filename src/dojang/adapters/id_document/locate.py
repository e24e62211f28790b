"""Where the card lies in the photograph: quadrilaterals from long lines, weighed by their edges and by the text inside.

A photograph may also be nothing but the card (a scan), or show a card paler than its ground: then the frame, or a
rectangle around the text, is offered instead. Knows nothing of the kinds of documents but their proportions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.line_segments import Doubles, Lines, cross, find_lines
from dojang.adapters.id_document.pixels import Picture, Quad, are_inside, resized

WORKING_LONG_SIDE_PX = 640
CARD_ASPECT = 85.60 / 53.98  # ID-1
PAGE_ASPECT = 125.0 / 88.0  # TD3 data page
_SLACK = 0.12  # corners may lie this share of the frame outside it (a cut-off card)
_KEPT = 24
_UNLIKELY_CUT = 0.05
_FILLS = 0.58  # score from which the whole frame counts as the card


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidate:
    """A place where the card may be, in the photograph's pixels. `quad` runs clockwise from top left.

    `score` is in [0, 1]; `outside` is the share of the quad beyond the frame; `is_outline` tells a quad made of edges
    from a makeshift one.
    """

    quad: Quad
    score: float
    outside: float
    is_outline: bool


def locate(picture: Picture, texts: Sequence[TextBox]) -> list[Candidate]:
    """Return candidates, best first; never empty. `texts` are the lines of text found anywhere in the photograph."""
    height, width = picture.shape[:2]
    factor = WORKING_LONG_SIDE_PX / max(height, width)
    small = resized(picture, (round(width * factor), round(height * factor)), quick=True)
    lines = find_lines(small)
    quads, edges = _quads(lines, small.shape[1], small.shape[0])
    boxes = np.array([text.quad for text in texts], dtype=np.float32).reshape(-1, 4, 2) * factor
    frame = (small.shape[1], small.shape[0])
    found = []
    whole_frame = _frame(width, height, texts)
    fills = whole_frame.score >= _FILLS and not _touches_border(whole_frame.quad * factor, boxes, frame)
    for quad, edge in zip(quads, edges, strict=True):
        # In a scan of nothing but the card, a quad along the border is the card less a strip.
        if _border_sides(quad, frame) > (0 if fills else 2):
            continue
        score = _weigh(quad, float(edge), boxes, frame)
        if _border_sides(quad, frame) and not _touches_border(quad, boxes, frame):
            score -= _UNLIKELY_CUT  # perhaps only a faint edge: the text stops well inside the picture
        outside = max(_share_outside(quad, *frame), _share_cut(quad, boxes, frame))
        found.append(Candidate(quad=quad / factor, score=score, outside=outside, is_outline=True))
    makeshift = [whole_frame, *_around_text(texts, width, height)]
    for candidate in makeshift:
        touching = 0.05 if _touches_border(candidate.quad * factor, boxes, frame) else 0.0
        found.append(replace(candidate, outside=touching))
    return sorted(found, key=lambda candidate: -candidate.score)


def aspect_fit(quad: Quad) -> float:
    """Return how well the quad's proportions suit a card or page, either way up: 1 exact, 0 hopeless."""
    return float(np.clip(1.15 - _aspect_off(quad) / 0.25, 0.0, 1.0))


def _aspect_off(quad: Quad) -> float:
    """How far the proportions are off the nearest known ones, as the logarithm of their ratio."""
    top, right, bottom, left = (float(side) for side in np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1))
    aspect = (top + bottom) / max(1.0, left + right)
    aspect = max(aspect, 1 / max(aspect, 1e-6))
    return float(min(abs(np.log(aspect / CARD_ASPECT)), abs(np.log(aspect / PAGE_ASPECT))))


def _quads(lines: Lines, width: int, height: int) -> tuple[npt.NDArray[np.float32], Doubles]:
    """Enumerate quads of two pairs of roughly parallel lines; return the best by edge support, without doubles."""
    pairs = _parallel_pairs(lines, smallest_gap=0.16 * min(width, height))
    if len(pairs) < 2:
        return np.empty((0, 4, 2), dtype=np.float32), np.empty(0)
    first, second = np.triu_indices(len(pairs), k=1)
    across = np.abs(cross(lines.direction[pairs[first, 0]], lines.direction[pairs[second, 0]]))
    keep = across > 0.72
    one, two = pairs[first[keep]], pairs[second[keep]]
    corners = np.stack(
        [_meet(lines, one[:, side], two[:, other]) for side, other in ((0, 0), (0, 1), (1, 1), (1, 0))], axis=1
    )
    margin = np.array([width, height]) * _SLACK
    in_reach = ((corners > -margin) & (corners < np.array([width, height]) + margin)).all(axis=(1, 2))
    corners, one, two = corners[in_reach], one[in_reach], two[in_reach]
    if not len(corners):
        return np.empty((0, 4, 2), dtype=np.float32), np.empty(0)
    edges = _edge_support(lines, corners, one, two, width, height)
    area = np.abs(_areas(corners)) / (width * height)
    edges = np.where(area > 0.035, edges + 0.10 * np.sqrt(np.minimum(area, 1.0)), 0.0)
    return _best_distinct(corners, edges, 0.015 * max(width, height))


def _parallel_pairs(lines: Lines, *, smallest_gap: float) -> npt.NDArray[np.intp]:
    count = len(lines.origin)
    first, second = np.triu_indices(count, k=1)
    cosine = np.abs((lines.direction[first] * lines.direction[second]).sum(axis=1))
    apart = lines.origin[second] - lines.origin[first]
    gap_first = np.abs(cross(lines.direction[first], apart))
    gap_second = np.abs(cross(lines.direction[second], apart))
    keep = (cosine > np.cos(np.radians(24))) & (np.minimum(gap_first, gap_second) > smallest_gap)
    # A quad of nothing but frame borders is offered separately.
    keep &= ~((first >= count - 4) & (second >= count - 4))
    return np.stack([first[keep], second[keep]], axis=1)


def _meet(lines: Lines, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> Doubles:
    along, other = lines.direction[first], lines.direction[second]
    apart = lines.origin[second] - lines.origin[first]
    steep = cross(along, other)
    step = cross(apart, other) / np.where(np.abs(steep) < 1e-9, 1e-9, steep)
    return np.asarray(lines.origin[first] + along * step[:, None])


def _edge_support(
    lines: Lines, corners: Doubles, one: npt.NDArray[np.intp], two: npt.NDArray[np.intp], width: int, height: int
) -> Doubles:
    """Share of each side that has an edge under it (rounded corners forgiven); the weakest side counts most."""
    sides = ((one[:, 0], 0, 1), (two[:, 1], 1, 2), (one[:, 1], 2, 3), (two[:, 0], 3, 0))
    borders = len(lines.origin) - 4
    inside = np.clip(corners, 0, [width - 1, height - 1])
    shares, starts, ends = [], [], []
    for index, start, end in sides:
        direction, origin = lines.direction[index], lines.origin[index]
        from_t = ((inside[:, start] - origin) * direction).sum(axis=1)
        to_t = ((inside[:, end] - origin) * direction).sum(axis=1)
        length = np.maximum(np.abs(to_t - from_t), 1.0)
        shares.append(np.minimum(lines.support(index, from_t, to_t) / (0.9 * length), 1.0))
        reach = 0.2 * (to_t - from_t)
        starts.append(lines.support(index, from_t, from_t + reach) / (0.2 * length))
        ends.append(lines.support(index, to_t - reach, to_t) / (0.2 * length))
    for side, (index, _, _) in enumerate(sides):
        # A frame border has no edge of its own. It may close a card that is cut off, if the card's two sides that run
        # into it are seen right up to it; where a card lies over the frame's corner, one of them is a border too.
        before, after = side - 1, (side + 1) % 4
        arriving = np.minimum(
            np.where(sides[before][0] >= borders, 1.0, ends[before]),
            np.where(sides[after][0] >= borders, 1.0, starts[after]),
        )
        shares[side] = np.where(index >= borders, 0.6 * np.minimum(arriving / 0.6, 1.0), shares[side])
    stacked = np.stack(shares, axis=1)
    return np.asarray(0.5 * stacked.mean(axis=1) + 0.5 * stacked.min(axis=1))


def _areas(corners: Doubles) -> Doubles:
    following = np.roll(corners, -1, axis=1)
    return np.asarray((corners[..., 0] * following[..., 1] - following[..., 0] * corners[..., 1]).sum(axis=1) / 2)


def _best_distinct(corners: Doubles, scores: Doubles, radius: float) -> tuple[npt.NDArray[np.float32], Doubles]:
    quads: list[Quad] = []
    kept: list[float] = []
    for at in np.argsort(-scores)[:600]:
        if scores[at] < 0.3 or len(quads) >= _KEPT:
            break
        quad = clockwise(corners[at].astype(np.float32))
        if not cv2.isContourConvex(quad):
            continue
        if all(np.abs(quad - other).max() > radius for other in quads):
            quads.append(quad)
            kept.append(float(scores[at]))
    return np.array(quads, dtype=np.float32).reshape(-1, 4, 2), np.array(kept)


def clockwise(quad: Quad) -> Quad:
    """Order corners clockwise on the screen, starting with the one nearest the top left."""
    centre = quad.mean(axis=0)
    turn = np.argsort(np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0]))
    ordered = quad[turn]
    start = int(np.argmin(ordered.sum(axis=1)))
    return np.ascontiguousarray(np.roll(ordered, -start, axis=0), dtype=np.float32)


def _weigh(quad: Quad, edge: float, boxes: npt.NDArray[np.float32], frame: tuple[int, int]) -> float:
    """Blend edge support, proportions and text: a card holds most of the text and cuts no line in two."""
    # A card cut off by the frame has no proportions to go by.
    fit = 0.6 if _border_sides(quad, frame) else aspect_fit(quad)
    if not len(boxes):
        return float(np.clip(0.55 * edge + 0.15 * fit, 0, 1))
    sizes = np.abs(_areas(boxes.astype(np.float64)))
    inside = _inside(quad, boxes)
    total = float(sizes.sum())
    whole = float(sizes[inside.all(axis=1)].sum()) / total
    cut = float(sizes[inside.any(axis=1) & ~inside.all(axis=1)].sum()) / total
    return float(np.clip(0.40 * edge + 0.18 * fit + 0.42 * whole * _tightness(quad, boxes, inside) - 0.5 * cut, 0, 1))


def _inside(quad: Quad, boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """For each box and corner: does it lie in the quad (grown by a hair)?"""
    centre = quad.mean(axis=0)
    grown = (centre + (quad - centre) * 1.015).astype(np.float32)
    return are_inside(grown, boxes)


def _tightness(quad: Quad, boxes: npt.NDArray[np.float32], inside: npt.NDArray[np.bool_]) -> float:
    """1 when the text inside spreads over the quad as it does over a card, less when it huddles in a part of it."""
    held = boxes[inside.all(axis=1)].reshape(-1, 2)
    if len(held) < 4:
        return 0.5
    spread = cv2.contourArea(cv2.convexHull(held))
    area = max(1.0, abs(float(_areas(quad[None].astype(np.float64))[0])))
    return float(np.clip(0.4 + 0.6 * spread / area / 0.55, 0.4, 1.0))


def _border_sides(quad: Quad, frame: tuple[int, int]) -> int:
    """How many of the quad's sides run along the frame's border."""
    near = 0.012 * max(frame)
    corners = quad.tolist()
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    return sum(
        abs(start[axis] - border) < near and abs(end[axis] - border) < near
        for start, end in sides
        for axis in (0, 1)
        for border in (0, frame[axis])
    )


def _share_cut(quad: Quad, boxes: npt.NDArray[np.float32], frame: tuple[int, int]) -> float:
    """The share of a card that its proportions say is missing beyond a frame border it runs into."""
    sides = _border_sides(quad, frame)
    if not sides or sides == 4:
        return 0.0
    missing = 1 - float(np.exp(-_aspect_off(quad)))
    # Cut off at a corner of the frame, a card may lose as much of its width as of its height.
    if _touches_border(quad, boxes, frame) or (sides == 2 and _fills_corner(quad, frame)):
        return max(0.05, missing)
    return missing if missing > 0.07 else 0.0


def _fills_corner(quad: Quad, frame: tuple[int, int]) -> bool:
    """Does one of the quad's corners lie in a corner of the frame?"""
    corners = np.array([[0, 0], [frame[0], 0], [frame[0], frame[1]], [0, frame[1]]], dtype=np.float32)
    return bool((np.abs(quad[:, None] - corners).max(axis=2) < 0.012 * max(frame)).any())


def _touches_border(quad: Quad, boxes: npt.NDArray[np.float32], frame: tuple[int, int]) -> bool:
    """Does a line of the card's text run into the frame's border?"""
    if not len(boxes):
        return False
    held = boxes[_inside(quad, boxes).sum(axis=1) >= 2]
    if not len(held):
        return False
    near = 0.004 * max(frame)
    low, high = held.min(axis=1), held.max(axis=1)
    return bool((low < near).any() or (high > np.array(frame) - near).any())


def _share_outside(quad: Quad, width: int, height: int) -> float:
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    common, _ = cv2.intersectConvexConvex(quad, frame)
    whole = abs(float(_areas(quad[None].astype(np.float64))[0]))
    return float(np.clip(1 - common / max(whole, 1.0), 0, 1))


def _frame(width: int, height: int, texts: Sequence[TextBox]) -> Candidate:
    """The whole picture as the card: likely when its proportions are a card's and text spreads over it."""
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    fit = aspect_fit(quad)
    spread = 0.0
    if texts:
        points = np.concatenate([text.quad for text in texts])
        extent = np.ptp(points, axis=0)
        spread = float(min(1.0, 1.35 * extent[0] / width) * min(1.0, 1.35 * extent[1] / height))
    return Candidate(quad=quad, score=0.30 + 0.34 * fit * spread**2, outside=0.0, is_outline=False)


def _around_text(texts: Sequence[TextBox], width: int, height: int) -> list[Candidate]:
    """A slanted rectangle around all lines of like direction, with a margin: for cards without visible edges."""
    if len(texts) < 4:
        return []
    angles = np.array([text.angle for text in texts])
    weights = np.array([text.length for text in texts])
    main = angles[int(np.argmax(weights))]
    alike = [text for text, angle in zip(texts, angles, strict=True) if abs((angle - main + 90) % 180 - 90) < 10]
    if len(alike) < 4:
        return []
    points = np.concatenate([text.quad for text in alike]).astype(np.float32)
    turn = np.radians(float(np.median([text.angle for text in alike])))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], dtype=np.float32)
    level = points @ spin
    low, high = level.min(axis=0), level.max(axis=0)
    margin = 0.06 * (high - low)
    low, high = low - margin, high + margin
    box = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]], dtype=np.float32)
    quad = clockwise((box @ spin.T).astype(np.float32))
    quad = np.clip(quad, 0, [width, height]).astype(np.float32)
    return [Candidate(quad=quad, score=0.33, outside=0.0, is_outline=False)]
