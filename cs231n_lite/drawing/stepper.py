"""The picture as one piece of HTML that can be stepped through: no server, no network, no kernel.

The still picture is an image; the script unfolds it in its place, hides what a step has not reached yet and adds the
controls, so that a page that strips scripts still shows the whole picture. It is an <img>, because JupyterLab's
sanitizer takes the tags of an inline SVG away and leaves their words behind, in every notebook that was not yet run.
Script and styles stand inside an empty SVG, where a page that strips tags but keeps their text does not show that text.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

from cs231n_lite.drawing.diagram import Diagram
from cs231n_lite.drawing.narration import Story, tell
from cs231n_lite.drawing.palette import DARK, LIGHT

__all__ = ["to_html"]

COLOURS = {
    name: (LIGHT[name], DARK[name]) for name in ("card", "line", "ink", "soft", "gate", "value", "gradient", "yes")
}
STYLE = (
    ".cl-stepper{{{light};max-width:100%;color:var(--cl-ink);font-family:system-ui,sans-serif;font-size:13px}}"
    '[data-jp-theme-light="false"] .cl-stepper{{{dark}}}'
    ".cl-stepper .cl-view{{overflow-x:auto;max-width:100%}}"
    ".cl-stepper .cl-view svg{{max-width:none}}"
    ".cl-stepper .cl-bar{{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:6px 0 4px}}"
    ".cl-stepper button{{font:inherit;color:var(--cl-ink);background:var(--cl-gate);border:1px solid var(--cl-soft);"
    "border-radius:6px;padding:3px 12px;min-width:5.2em;cursor:pointer}}"
    '.cl-stepper button[aria-disabled="true"]{{opacity:.45;cursor:default}}'
    ".cl-stepper :focus-visible{{outline:2px solid var(--cl-yes);outline-offset:2px}}"
    ".cl-stepper input{{flex:1 1 12em;max-width:24em;accent-color:var(--cl-yes)}}"
    ".cl-stepper .cl-say{{min-height:5.6em;line-height:1.45;padding:6px 12px;border-left:3px solid var(--cl-line)}}"
    '.cl-stepper .cl-say[data-phase="forward"]{{border-color:var(--cl-value)}}'
    '.cl-stepper .cl-say[data-phase="backward"]{{border-color:var(--cl-gradient)}}'
    ".cl-stepper .cl-v{{color:var(--cl-value)}}.cl-stepper .cl-g{{color:var(--cl-gradient)}}"
    ".cl-stepper .cl-i{{font-weight:600}}.cl-stepper .cl-soft{{color:var(--cl-soft)}}"
    ".cl-stepper .cl-now .o{{stroke-width:3.5px;stroke:var(--cl-yes)}}"
    ".cl-stepper path.cl-now{{stroke:var(--cl-yes);stroke-width:2.5px}}"
    ".cl-stepper details{{color:var(--cl-soft)}}"
).format(
    light=";".join(f"--cl-{name}:{light}" for name, (light, _) in COLOURS.items()),
    dark=";".join(f"--cl-{name}:{dark}" for name, (_, dark) in COLOURS.items()),
)

PLAIN = " =/:;,()@!?&*$-_.~[]"  # what may stand unescaped in an address between double quotes

# The script works on every stepper of the page that no script has taken yet, because JupyterLab runs it before it is
# known which output it stands in. It holds no "<" and no "&", which XML and HTML would read differently.
SCRIPT = """
(function () {
  function make(tag, parent, css, text) {
    var made = document.createElement(tag);
    if (css) { made.className = css; }
    if (text) { made.textContent = text; }
    parent.appendChild(made);
    return made;
  }
  function size(bytes) {
    return bytes >= 1e6 ? (bytes / 1e6).toPrecision(3) + ' MB' : bytes >= 1e4 ? (bytes / 1e3).toPrecision(3) + ' kB'
      : bytes + ' bytes';
  }
  function enhance(root) {
    var still = root.querySelector('.cl-view img'), uri = still.getAttribute('src');
    still.parentNode.innerHTML = decodeURIComponent(uri.slice(uri.indexOf(',') + 1));
    if (!root.hasAttribute('data-story')) { return; }
    var story = JSON.parse(root.getAttribute('data-story')), last = story.steps.length - 1, at = last, timer = null;
    var bar = document.createElement('div'), say = document.createElement('div');
    var details = root.querySelector('details');
    root.insertBefore(bar, details);
    root.insertBefore(say, details);
    bar.className = 'cl-bar';
    say.className = 'cl-say';
    say.setAttribute('aria-live', 'polite');
    function button(text, label, act) {
      var made = make('button', bar, '', text);
      made.type = 'button';
      made.setAttribute('aria-label', label);
      made.addEventListener('click', act);
      return made;
    }
    var back = button('Back', 'one step back', function () { stop(); show(at - 1); });
    var play = button('Play', 'play all steps', function () {
      if (timer !== null) { stop(); return; }
      if (at === last) { show(0); }
      play.textContent = 'Pause';
      timer = window.setInterval(function () { show(at + 1); if (at === last) { stop(); } }, 1100);
    });
    var forward = button('Forward', 'one step forward', function () { stop(); show(at + 1); });
    var slider = make('input', bar);
    slider.type = 'range';
    slider.min = 0;
    slider.max = last;
    slider.setAttribute('aria-label', 'step');
    slider.addEventListener('input', function () { stop(); show(Number(slider.value)); });
    var count = make('span', bar, 'cl-count cl-soft');
    function stop() {
      if (timer !== null) { window.clearInterval(timer); timer = null; }
      play.textContent = 'Play';
    }
    function reveal(group, from) {
      if (group) { group.style.visibility = from === undefined ? '' : at >= from ? '' : 'hidden'; }
    }
    function show(step) {
      at = Math.max(0, Math.min(last, step));
      var now = story.steps[at];
      root.setAttribute('data-step', at);
      root.querySelectorAll('.node').forEach(function (node) {
        var name = node.getAttribute('data-node');
        reveal(node.querySelector('.value'), story.values[name]);
        reveal(node.querySelector('.gradient'), story.gradients[name]);
        node.classList.toggle('cl-now', name === now.node);
      });
      root.querySelectorAll('path[data-to]').forEach(function (wire) {
        wire.classList.toggle('cl-now', wire.getAttribute('data-to') === now.node);
      });
      say.textContent = '';
      say.setAttribute('data-phase', now.phase);
      now.lines.forEach(function (line) {
        var row = make('div', say);
        line.forEach(function (word) { make('span', row, word[0] ? 'cl-' + word[0] : '', word[1]); });
      });
      make('div', say, 'cl-soft', 'cached: ' + size(now.cached));
      count.textContent = 'step ' + at + ' of ' + last + ', ' + now.phase;
      var gate = root.querySelector('.node.cl-now'), view = root.querySelector('.cl-view');
      if (gate) {
        var seen = view.getBoundingClientRect(), box = gate.getBoundingClientRect();
        if (seen.left + 20 > box.left || box.right + 20 > seen.right) {
          view.scrollLeft += (box.left + box.right - seen.left - seen.right) / 2;
        }
      }
      slider.value = at;
      slider.setAttribute('aria-valuetext', count.textContent);
      // A button that is disabled while it has the focus would swallow the next key.
      back.setAttribute('aria-disabled', at === 0);
      forward.setAttribute('aria-disabled', at === last);
    }
    root.addEventListener('keydown', function (event) {
      var moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
      if (event.key in moves) {
        stop();
        show(moves[event.key]);
        event.preventDefault();
        event.stopPropagation();
      }
    });
    show(last);
    root.querySelectorAll('.cl-now').forEach(function (part) { part.classList.remove('cl-now'); });
    say.textContent = 'All values and gradients are shown. Play tells how they came about, gate by gate; '
      + 'so do Back and Forward, the slider and the arrow keys.';
  }
  document.querySelectorAll('.cl-stepper:not([data-on])').forEach(function (root) {
    root.setAttribute('data-on', '');
    enhance(root);
  });
})();
"""


def to_html(diagram: Diagram, svg: str, words: str) -> str:
    """Return the stepper around `svg`; `words` is the text alternative. A picture without values stays a still one."""
    story = tell(diagram) if any(mark.value is not None for mark in diagram.marks.values()) else Story()
    told = "".join(f"<li>{escape(clause)}</li>" for clause in words.rstrip(".").split(". ") if clause)
    data = f' data-story="{escape(_data(story))}"' if len(story.steps) > 1 else ""
    return (
        '<div class="cl-stepper" role="group" aria-label="graph, step by step" data-lm-suppress-shortcuts="true"'
        f"{data}>"
        f'<div class="cl-view"><img alt="{escape(words)}" src="data:image/svg+xml,{quote(svg, safe=PLAIN)}"></div>'
        f"<details><summary>the picture in words</summary><ul>{told}</ul></details>"
        f'<svg width="0" height="0" aria-hidden="true"><style>{STYLE}</style><script>{SCRIPT}</script></svg></div>'
    )


def _data(story: Story) -> str:
    steps = [
        {"phase": step.phase, "node": step.node, "lines": step.lines, "cached": step.cached} for step in story.steps
    ]
    told = {"steps": steps, "values": story.value_from, "gradients": story.gradient_from}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
