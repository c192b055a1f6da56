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
