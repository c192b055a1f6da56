"""The tests of accessibility see what they are there to see: each planted fault is found."""

from __future__ import annotations

import pytest

from ci.tests.browser.violations import NARROW, too_wide, violations

pytestmark = pytest.mark.browser

DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
FAULTS = {
    "image-alt": f'<img src="{DOT}">',
    "color-contrast": '<p style="color:#2a9d57;font-size:13px">3.5 : 1 on white</p>',
    "scrollable-region-focusable": '<div style="overflow:auto;width:60px"><p style="width:900px">it scrolls</p></div>',
    "button-name": "<button></button>",
    "label": '<input type="range">',
}
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><main><h1>h</h1>{}</main></html>'


def test_each_planted_fault_is_found_where_it_is_looked_for(browser) -> None:
    page = browser.new_page()
    page.set_content(PAGE.format('<p id="good">words</p>' + "".join(FAULTS.values())))
    found = violations(page)
    assert sorted(line.split()[0] for line in found) == sorted(FAULTS)
    assert violations(page, only=["#good"]) == []
    assert violations(page, without=["img", "p", "div", "button", "input"]) == []
    assert violations(page, only=["#nowhere"]) == ["nothing on the page is #nowhere"]
    page.close()


def test_what_is_cut_at_a_narrow_page_is_found(browser) -> None:
    page = browser.new_page(viewport={"width": NARROW, "height": 600})
    wide = '<p style="width:500px">w</p>'
    page.set_content(PAGE.format(f'<div style="overflow:auto">{wide}</div>'))
    assert too_wide(page, "main") == []
    page.set_content(PAGE.format(wide))
    assert too_wide(page, "main") == [wide]
    page.close()
