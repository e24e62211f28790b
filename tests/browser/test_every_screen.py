"""No screen is left out: each file of the app that makes screens, and which names its screens were looked at under.

Runs after all stories. A screen nobody visits fails here, and so does a new file that is not in the table.
"""

import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "frontend" / "src"
_MAKES_A_SCREEN = re.compile(r"<(?:Screen|Page)\b")

# What a story calls the screen when the inspector looks at it. Passing states that no story can hold still are named
# with the unit test that shows them instead.
SCREENS: dict[str, set[str]] = {
    "app/Root.tsx": {"nowhere"},
    "app/authorize/Authorize.tsx": {"sign in elsewhere", "sign in elsewhere refused"},
    "app/notify/NoticeSettings.tsx": {"notice settings"},
    "app/notify/Notices.tsx": {"notices"},
    "app/notify/Off.tsx": {"turn reminders off", "reminders off"},
    "app/apply/Apply.tsx": {"prepare", "reason", "terms"},
    "app/apply/Consents.tsx": {"consents"},
    "app/confirm/CallProof.tsx": {"proof by call"},
    "app/confirm/Prove.tsx": {"resume"},
    "app/enter/Enter.tsx": {"sign-in", "sign-up"},
    "app/handoff/HandOff.tsx": {"on from a computer"},
    "app/handoff/Phone.tsx": {"on this phone", "photographs handed over"},
    "app/hold/Resume.tsx": {"resume", "resumed"},
    "app/hold/Suspend.tsx": {"suspend", "suspended"},
    "app/home/End.tsx": {"end", "ended certificate"},
    "app/home/Home.tsx": {"home", "held", "ledger"},
    "app/home/Settings.tsx": {"settings"},
    "app/devices/Devices.tsx": {"devices"},
    "app/letter/OpenLetter.tsx": {"open a letter", "letter for you"},
    "app/letter/OpenedLetter.tsx": {"opened letter"},
    "app/lock/Lock.tsx": {"lock"},
    "app/move/BringIn.tsx": {"bring in"},
    "app/move/Move.tsx": {"move"},
    "app/move/Receive.tsx": {"receive"},
    "app/move/Send.tsx": {"send"},
    "app/password/ChangePassword.tsx": {"another password"},
    "app/sign/Outcome.tsx": {"signed"},
    "app/sign/Sign.tsx": {"sign a document"},
    "app/sign/Start.tsx": {"sign where"},
    "app/status/Status.tsx": {"status"},
    "app/support/Ticket.tsx": {"ticket"},
    "app/support/Tickets.tsx": {"support"},
    "app/renew/Renew.tsx": {"renew"},
    "app/renew/Terms.tsx": {"renew"},
    "app/security/Opening.tsx": {"passkey for a certificate"},
    "app/security/Security.tsx": {"security"},
    "app/steps/Account.tsx": {"account"},
    "app/steps/Call.tsx": {"call", "calling", "call again"},
    "app/steps/Deposit.tsx": {"deposit", "wrong amount"},
    "app/steps/Document.tsx": {"document", "document refused"},
    "app/steps/Ended.tsx": {"ended application"},
    "app/steps/Fields.tsx": {"fields"},
    "app/steps/Issue.tsx": {"password"},
    "app/steps/Person.tsx": {"person"},
    "app/steps/Phone.tsx": {"other phone"},
    "app/steps/Receipt.tsx": {"receipt"},
    "app/use/Backup.tsx": {"backup", "files"},
    "app/use/Content.tsx": {"use"},
    "app/use/Use.tsx": {"use which", "shown before signing", "signed"},
    "capture/Capture.tsx": {"why a camera", "shot"},
    "capture/Finder.tsx": {"camera"},
}
# A moment while something is under way, or shown by the story or the unit test that is named.
PASSING = {
    "app/Screen.tsx",
    "app/move/Scan.tsx",  # as capture/Finder.tsx; test_move.py films a code
    "app/SessionGuard.tsx",
    "app/steps/Journey.tsx",
    "app/steps/Photograph.tsx",
    "app/steps/Reading.tsx",
    "app/steps/Waiting.tsx",
}


def test_every_file_that_makes_screens_is_in_the_table() -> None:
    found = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.tsx")
        if path.parent.name != "ui" and _MAKES_A_SCREEN.search(path.read_text("utf-8"))
    }
    assert sorted(found - set(SCREENS) - PASSING) == [], "have a story look at these screens and name them here"
    assert sorted((set(SCREENS) | PASSING) - found) == []


def test_every_screen_was_looked_at(seen: set[str], request: pytest.FixtureRequest) -> None:
    here = Path(__file__).parent
    collected = {item.path for item in request.session.items}
    left_out = [one.name for one in here.glob("test_*.py") if one not in collected]
    if left_out:
        pytest.skip(f"only a part of the suite runs: without {', '.join(left_out)}")
    missing = {file: sorted(names - seen) for file, names in SCREENS.items() if names - seen}
    assert missing == {}
