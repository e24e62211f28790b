"""Which effects there are, how they are written down, and on which queue each waits.

An effect is stored in clear as its class's name and a flat JSON object of its fields: strings, integers, booleans and
string enums (as their values), nothing else. Renaming a class or a field therefore breaks effects that still wait.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias, get_type_hints

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault

Scalar: TypeAlias = str | int | bool
Payload: TypeAlias = dict[str, Scalar]

_KINDS = (str, int, bool)


class EffectUnknown(DojangError):
    """An effect of this name, or with these fields, is not known here: code and stored effect are of different ages."""

    code = "effects.unknown"
    fault: ClassVar[Fault] = Fault.OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectForm:
    """One effect class: its stored name, its fields and their types, and the queue it waits on."""

    name: str
    effect: type[Effect]
    fields: Mapping[str, type[Scalar]]
    queue: str


class EffectRegistry:
    """All effects of a program, by name. `queues` maps each queue's name to the effects that wait on it.

    Raises `ValueError` for two classes of one name and for a field of another type than those above.
    """

    def __init__(self, queues: Mapping[str, Sequence[type[Effect]]]) -> None:
        self.queues = tuple(queues)
        self._forms: dict[str, EffectForm] = {}
        for queue, effects in queues.items():
            for effect in effects:
                if effect.__name__ in self._forms:
                    raise ValueError(f"two effects are called {effect.__name__}")
                self._forms[effect.__name__] = _form_of(effect, queue)

    @property
    def effects(self) -> frozenset[type[Effect]]:
        """Every effect class known."""
        return frozenset(form.effect for form in self._forms.values())

    def form(self, effect: type[Effect]) -> EffectForm:
        """Return how `effect` is stored and where it waits. Raises `EffectUnknown`."""
        form = self._forms.get(effect.__name__)
        if form is None or form.effect is not effect:
            raise EffectUnknown(effect=effect.__name__)
        return form

    def form_called(self, name: str) -> EffectForm:
        """Return the form of the effect stored as `name`. Raises `EffectUnknown`."""
        form = self._forms.get(name)
        if form is None:
            raise EffectUnknown(effect=name)
        return form

    def encode(self, effect: Effect) -> tuple[EffectForm, Payload]:
        """Return the effect's form and its fields. Raises `EffectUnknown`, also for a value of the wrong type."""
        form = self.form(type(effect))
        payload: Payload = {}
        for name, kind in form.fields.items():
            value = getattr(effect, name)
            if type(value) is not kind:
                raise EffectUnknown(effect=form.name, field=name)
            payload[name] = value.value if isinstance(value, StrEnum) else value
        return form, payload

    def decode(self, name: str, payload: Mapping[str, Scalar]) -> Effect:
        """Return the effect stored. Raises `EffectUnknown` when name, fields or types do not fit the code."""
        form = self.form_called(name)
        if payload.keys() != form.fields.keys():
            raise EffectUnknown(effect=name)
        values = {field: _decode_field(form, field, payload[field]) for field in form.fields}
        return form.effect(**values)


def _decode_field(form: EffectForm, field: str, value: Scalar) -> Scalar:
    kind = form.fields[field]
    stored_kind = str if issubclass(kind, StrEnum) else kind
    if type(value) is not stored_kind:
        raise EffectUnknown(effect=form.name, field=field)
    try:
        return kind(value)
    except ValueError:
        raise EffectUnknown(effect=form.name, field=field) from None


def _form_of(effect: type[Effect], queue: str) -> EffectForm:
    hints = get_type_hints(effect)
    fields: dict[str, type[Scalar]] = {}
    for field in dataclasses.fields(effect):
        kind = hints[field.name]
        if not (kind in _KINDS or (isinstance(kind, type) and issubclass(kind, StrEnum))):
            raise ValueError(f"{effect.__name__}.{field.name} is no string, integer, boolean or string enum")
        fields[field.name] = kind
    return EffectForm(name=effect.__name__, effect=effect, fields=fields, queue=queue)
