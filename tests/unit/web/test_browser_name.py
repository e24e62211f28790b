"""Browsers by the names people know them by."""

import pytest

from dojang.web.browser_name import browser_name

_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_WEBKIT} Version/18.0 Safari/604.1", "Safari · iPhone"),  # noqa: E501
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/18.0 Safari/605.1.15", "Safari · Mac"),
        (f"Mozilla/5.0 (Linux; Android 15) {_WEBKIT} SamsungBrowser/27.0 Chrome/125 Safari/537.36", "Samsung Internet · Android"),  # noqa: E501
        (f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/140 Safari/537.36 Edg/140", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("python-httpx/0.28", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
