"""A browser in two words, for its owner's lists: family and system, from User-Agent. It proves nothing."""

import re

from dojang.controls.access.devices.model import DeviceType

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


def device_type(user_agent: str) -> DeviceType:
    """Return what kind of device the header speaks of."""
    if user_agent.startswith("dojang/"):
        return DeviceType.COMMAND_LINE
    if re.search(r"iPad|Android(?!.*Mobile)|Tablet", user_agent):
        return DeviceType.TABLET
    if re.search(r"iPhone|iPod|Android|Mobile", user_agent):
        return DeviceType.PHONE
    return DeviceType.COMPUTER if re.search(r"Windows|Macintosh|Linux|X11|CrOS", user_agent) else DeviceType.OTHER
