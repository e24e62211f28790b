"""How effects are written down and read back."""

from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.effects.registry import EffectRegistry, EffectUnknown
from dojang.kernel.effects import Effect


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint(Effect):
    wall_id: str
    coats: int
    urgent: bool
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest(Effect):
    pass


REGISTRY = EffectRegistry({"walls": [Paint], "idle": [Rest]})
PAINT = Paint(wall_id="w", coats=2, urgent=True, colour=Colour.RED)
STORED = {"wall_id": "w", "coats": 2, "urgent": True, "colour": "red"}


@given(st.builds(Paint, wall_id=st.text(), coats=st.integers(), urgent=st.booleans(), colour=st.sampled_from(Colour)))
def test_an_effect_comes_back(effect: Paint) -> None:
    form, payload = REGISTRY.encode(effect)
    assert (form.name, form.queue) == ("Paint", "walls")
    assert {type(value) for value in payload.values()} <= {str, int, bool}
    assert REGISTRY.decode(form.name, payload) == effect


def test_the_stored_form_is_this() -> None:
    assert REGISTRY.encode(PAINT)[1] == STORED
    assert REGISTRY.encode(Rest())[1] == {}


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("Plaster", {}),
        ("Paint", {}),
        ("Paint", {**STORED, "more": 1}),
        ("Paint", {**STORED, "coats": "2"}),
        ("Paint", {**STORED, "coats": True}),
        ("Paint", {**STORED, "urgent": 1}),
        ("Paint", {**STORED, "colour": "green"}),
        ("Paint", {**STORED, "colour": 1}),
        ("Rest", {"wall_id": "w"}),
    ],
)
def test_what_does_not_fit_the_code_is_unknown(name: str, payload: dict[str, str | int | bool]) -> None:
    with pytest.raises(EffectUnknown):
        REGISTRY.decode(name, payload)


def test_a_value_of_another_type_is_not_stored() -> None:
    with pytest.raises(EffectUnknown):
        REGISTRY.encode(Paint(wall_id="w", coats=2, urgent=1, colour=Colour.RED))  # type: ignore[arg-type]  # the point


def test_two_effects_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two effects are called Rest"):
        EffectRegistry({"one": [Rest], "two": [Rest]})


def test_a_field_that_cannot_be_stored_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Carry(Effect):
        weights: tuple[int, ...]

    with pytest.raises(ValueError, match=r"Carry\.weights"):
        EffectRegistry({"one": [Carry]})
