"""What the bank decides about notices, as data."""

from dataclasses import dataclass, field

from dojang.controls.notices.model import Reach

DAY_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """How contacts are proven and how long a changed one is not trusted alone. All at least 1.

    While a contact is younger than `settling_days`, security notices go to the one before it as well.
    """

    settling_days: int = 7
    code_digits: int = 6
    code_minutes: int = 10
    code_tries: int = 5
    codes_per_day: int = 10
    codes_per_address_per_day: int = 5
    pushes: int = 10

    def __post_init__(self) -> None:
        for name in ContactPolicy.__slots__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if not 6 <= self.code_digits <= 9:
            raise ValueError("a code has 6 to 9 digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryPolicy:
    """When the end of a certificate is announced. Hours are Korean ones, `until_hour` exclusive.

    `days_before` says how many days before the end, largest first; 0 is the end itself. `late_days` is how long after
    the end it is still told, when nothing could be told in time.
    """

    days_before: tuple[int, ...] = (30, 7, 1, 0)
    late_days: int = 7
    from_hour: int = 9
    until_hour: int = 20
    batch: int = 500
    batches: int = 40

    def __post_init__(self) -> None:
        if (
            list(self.days_before) != sorted(set(self.days_before), reverse=True)
            or min(self.days_before, default=0) < 0
        ):
            raise ValueError("days_before falls, without repeats, to 0 or more")
        if not 0 <= self.from_hour < self.until_hour <= DAY_HOURS:
            raise ValueError("hours are 0 to 24, and the first comes before the last")
        if min(self.batch, self.batches, self.late_days) < 1:
            raise ValueError("batch, batches and late_days are at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePolicy:
    """All of it. `default_reach` is where what need not go everywhere goes until a person chooses."""

    default_reach: Reach = Reach.PHONE
    unsubscribe_days: int = 90
    push_hosts: tuple[str, ...] = (
        "fcm.googleapis.com",
        "push.services.mozilla.com",
        "push.apple.com",
        "notify.windows.com",
    )
    contacts: ContactPolicy = field(default_factory=ContactPolicy)
    expiry: ExpiryPolicy = field(default_factory=ExpiryPolicy)

    def __post_init__(self) -> None:
        if self.unsubscribe_days < 1:
            raise ValueError("unsubscribe_days must be at least 1")
