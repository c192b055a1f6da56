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
  // Whether pictures that are too wide are made smaller: as was chosen last, else where they stay readable.
  var chosen;
  function choose(fit) {
    chosen = fit;
    try { window.localStorage.setItem('cs231n-lite-fit', fit); } catch (error) { return; }
  }
  function choice() {
    try { return window.localStorage.getItem('cs231n-lite-fit') || String(chosen); } catch (error) { return String(chosen); }
  }
  function fit(root) {
    var room = root.querySelector('.cl-view').clientWidth, picture = root.querySelector('.cl-view svg');
    var share = room / picture.viewBox.baseVal.width, wanted = choice();
    var small = wanted === 'true' ? true : wanted === 'false' ? false : share > 0.65;
    root.classList.toggle('cl-fit', small);
    var button = root.querySelector('.cl-fits');
    button.hidden = room === 0 ? button.hidden : share >= 1;
    button.setAttribute('aria-pressed', small);
    reachable(root.querySelector('.cl-view'));
  }
  // A picture that is wider than its box is scrolled, and so a stop for the keyboard; one that fits is none.
  function reachable(view) {
    if (view.scrollWidth > view.clientWidth + 1) {
      view.tabIndex = 0;
      view.setAttribute('role', 'group');
      view.setAttribute('aria-label', 'the picture, wider than its box: the arrow keys scroll it');
    } else {
      ['tabindex', 'role', 'aria-label'].forEach(function (name) { view.removeAttribute(name); });
    }
  }
  // A box opens: the whole picture below it, at the gate that the box ends with. The keyboard's way is its summary.
  function opens(root, name, box) {
    var whole = root.parentElement.querySelector('.cl-whole');
    if (!whole) { return; }
    box.addEventListener('click', function () {
      whole.open = true;
      whole.querySelectorAll('.node').forEach(function (node) {
        node.classList.toggle('cl-now', node.getAttribute('data-node') === name);
        if (node.getAttribute('data-node') === name) { node.scrollIntoView({ block: 'nearest', inline: 'center' }); }
      });
    });
  }
  function enhance(root) {
    var view = root.querySelector('.cl-view'), uri = view.querySelector('img').getAttribute('src');
    view.innerHTML = decodeURIComponent(uri.slice(uri.indexOf(',') + 1));
    root.querySelectorAll('[data-box]').forEach(function (box) { opens(root, box.getAttribute('data-node'), box); });
    var fits = make('button', root, 'cl-fits', 'Fit to page');
    fits.type = 'button';
    fits.addEventListener('click', function () {
      choose(!root.classList.contains('cl-fit'));
      document.querySelectorAll('.cl-stepper[data-on]').forEach(fit);
    });
    fit(root);
    if (window.ResizeObserver) { new ResizeObserver(function () { fit(root); }).observe(root); }
    if (!root.hasAttribute('data-story')) { root.insertBefore(fits, root.querySelector('details')); return; }
    var story = JSON.parse(root.getAttribute('data-story')), last = story.steps.length - 1, at = last, timer = null;
    var bar = document.createElement('div'), say = document.createElement('div'), lines = make('div', say, 'cl-lines');
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
    bar.appendChild(fits);
    var count = make('span', bar, 'cl-count cl-soft');
    var most = Math.max.apply(null, story.steps.map(function (step) { return step.lines.length + 1; }));
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
      lines.textContent = '';
      say.style.minHeight = most * 1.45 + 'em';  // from the first step on, so that what is below stays where it is
      lines.setAttribute('data-phase', now.phase);
      now.lines.forEach(function (line) {
        var row = make('div', lines);
        line.forEach(function (word) { make('span', row, word[0] ? 'cl-' + word[0] : '', word[1]); });
      });
      // What is kept inside a box is not counted.
      if ('cached' in now) { make('div', lines, 'cl-soft', 'cached: ' + size(now.cached)); }
      count.textContent = 'step ' + at + ' of ' + last + ', ' + now.phase;
      var gate = root.querySelector('.node.cl-now');
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
      if (event.target !== view ? event.key in moves : false) {  // there they scroll
        stop();
        show(moves[event.key]);
        event.preventDefault();
        event.stopPropagation();
      }
    });
    show(last);
    root.querySelectorAll('.cl-now').forEach(function (part) { part.classList.remove('cl-now'); });
    say.style.minHeight = '';
    lines.removeAttribute('data-phase');
    var backward = root.querySelector('.gradient') ? 'All values and gradients are shown.' : 'All values are shown.';
    lines.textContent = backward + ' Play tells how they came about, gate by gate; '
      + 'so do Back and Forward, the slider and the arrow keys.';
  }
  document.querySelectorAll('.cl-stepper:not([data-on])').forEach(function (root) {
    root.setAttribute('data-on', '');
    enhance(root);
  });
})();
