"""What axe-core finds on a page that WCAG 2.1 forbids at levels A and AA, and what is wider than a narrow page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

__all__ = ["NARROW", "RULES", "too_wide", "violations"]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
NARROW = 320  # pixels: a page at 1,280 that is zoomed to 400 %
AXE = Axe()


def violations(
    page: Page, *, only: Sequence[str] = (), without: Sequence[str] = (), rules: Sequence[str] = RULES
) -> list[str]:
    """Return a line for each element that breaks a rule: the rule, its weight, where, and what is there.

    `only` and `without` are selectors of what is looked at, the whole page by default; what a selector does not find is
    left out. Hints and the like should be open: nobody looks into what is folded.
    """
    context = {
        name: [[selector] for selector in selectors if page.locator(selector).count()]
        for name, selectors in (("include", only), ("exclude", without))
        if selectors
    }
    if only and not context["include"]:
        return [f"nothing on the page is {' or '.join(only)}"]
    options = {"runOnly": {"type": "tag", "values": list(rules)}, "resultTypes": ["violations"], "preload": False}
    found = AXE.run(page, {name: places for name, places in context.items() if places} or None, options)
    return list(_lines(found.response["violations"]))


def _lines(found: Sequence[dict]) -> Iterator[str]:
    for rule in found:
        for node in rule["nodes"]:
            reasons = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
            yield f"{rule['id']} ({rule['impact']}) at {node['target']}: {node['html'][:160]} … {reasons[:300]}"


def too_wide(page: Page, selector: str) -> list[str]:
    """Return what of the selected reaches beyond the page's right edge and is in no box that scrolls."""
    return page.evaluate(
        """selector => [...document.querySelectorAll(selector)].flatMap(part => [...part.querySelectorAll('*')]).filter(
            part => {
                const box = part.getBoundingClientRect();
                if (!box.width || !box.height || box.right <= window.innerWidth + 1) return false;
                for (let up = part; up; up = up.parentElement)
                    if (up !== part || up.scrollWidth > up.clientWidth + 1)
                        if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return false;
                return true;
            }).map(part => part.outerHTML.slice(0, 160))""",
        selector,
    )
