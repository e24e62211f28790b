"""Measures of a photograph: shortcuts that must give what the plain way gives."""

import numpy as np
import pytest

from dojang.adapters.id_document.measure import percentiles

_SHARES = (0, 5, 35, 50, 95, 99.3, 100)


@pytest.mark.parametrize("seed", range(20))
def test_percentiles_of_bytes_are_those_of_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = (int(rng.integers(1, 40)), int(rng.integers(1, 40)))
    values = rng.integers(0, 256, size=size).astype(np.uint8)
    assert percentiles(values, _SHARES) == pytest.approx(np.percentile(values, _SHARES).tolist())


def test_percentiles_of_a_single_value_are_that_value() -> None:
    assert percentiles(np.full((3, 5), 248, dtype=np.uint8), _SHARES) == (248.0,) * len(_SHARES)
