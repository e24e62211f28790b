"""A browser in two words, for its owner's list of sessions: family and system, from User-Agent. It proves nothing."""

import re

_FAMILIES = (
    ("Samsung Internet", r"SamsungBrowser/"),
    ("KakaoTalk", r"KAKAOTALK"),
    ("Naver", r"NAVER\(|Whale/"),
    ("Edge", r"Edg(A|iOS)?/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS|Chromium)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def browser_name(user_agent: str) -> str:
    """Return for example "Chrome · Android"; empty where nothing is recognised. Never the header itself."""
    found = (next((name for name, sign in signs if re.search(sign, user_agent)), "") for signs in (_FAMILIES, _SYSTEMS))
    return " · ".join(one for one in found if one)
