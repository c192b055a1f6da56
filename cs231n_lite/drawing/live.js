// A live graph: sliders and number boxes move the inputs, and each wire tells upstream × local = downstream. What is
// computed stands in gates.js. As in stepper.js there is no "less than" and no ampersand, which XML reads differently.
function make(tag, parent, css, text) {
  var made = document.createElement(tag);
  if (css) { made.className = css; }
  if (text) { made.textContent = text; }
  parent.appendChild(made);
  return made;
}
// Each text is a clause of its own, as a translation has it.
var HELP = 'Move an input: all values and gradients follow.' + ' '
  + 'Choose a wire, by a click or by Tab, arrow keys and Enter, to see upstream × local = downstream.';
function bracketed(number) { return number.charAt(0) === '−' ? '(' + number + ')' : number; }
// A number as one would type it: all of its digits, and few zeros.
function typed(number) {
  var size = Math.abs(number);
  return (size >= 1e6 || (size > 0 ? 1e-4 > size : false)) ? number.toExponential().replace('+', '') : String(number);
}
// Writes a number on its wire, in smaller letters where it is a long one.
function write(text, number) {
  if (!text) { return; }
  text.textContent = written(number);
  text.style.fontSize = text.textContent.length > 7 ? '10.5px' : '';
}
// How a slider runs: evenly around 0, or by factors of 10 where the first number is huge or tiny.
function scale(first) {
  var size = Math.abs(first), power = Math.floor(Math.log10(size));
  if (size > 0 ? size > 1e4 || 1e-2 > size : false) {
    var lead = Number((first / Math.pow(10, power)).toPrecision(12));
    return {
      min: power - 6, max: power + 6, step: 1,
      number: function (place) { return Number(lead + 'e' + place); },
      place: function (number) { return number === 0 ? power - 6 : Math.round(Math.log10(Math.abs(number / lead))); }
    };
  }
  var ten = Math.pow(10, Math.floor(Math.log10(Math.max(2 * size, 5)))), share = Math.max(2 * size, 5) / ten;
  var round = share > 5 ? [10, 0.1] : share > 2 ? [5, 0.1] : share > 1 ? [2, 0.05] : [1, 0.01];
  var same = function (number) { return number; };
  return { min: -round[0] * ten, max: round[0] * ten, step: round[1] * ten, number: same, place: same };
}
// All wires in the order of the nodes. One that branches is told first as a whole, then each of its ways.
function wiresOf(graph) {
  var wires = [];
  graph.nodes.filter(function (node) { return node.kind !== 'constant'; }).forEach(function (node) {
    var ways = [];
    graph.nodes.forEach(function (reader) {
      reader.inputs.forEach(function (name, port) {
        if (name === node.name) { ways.push({ from: name, to: reader.name, kind: reader.kind, port: port }); }
      });
    });
    if (ways.length > 1 || node.name === graph.output) { wires.push({ from: node.name, ways: ways }); }
    ways.forEach(function (way) { way.alone = ways.length === 1; });
    wires = wires.concat(ways);
  });
  return wires;
}
// The pieces of a wire in the picture: the stretch that carries its numbers, and the way to its gate.
function piecesOf(svg, wire, graph) {
  var pieces = [];
  svg.querySelectorAll('.node > path.w, path[data-from]').forEach(function (path) {
    var from = path.getAttribute('data-from') || path.parentNode.getAttribute('data-node');
    if (from === wire.from) { pieces.push(path); }
  });
  var shared = pieces.filter(function (path) { return !path.hasAttribute('data-to'); });
  if (!wire.to) { return shared; }
  var ends = pieces.filter(function (path) { return path.getAttribute('data-to') === wire.to; });
  var reader = graph.nodes.find(function (node) { return node.name === wire.to; });
  var end = reader.inputs.slice(0, wire.port).filter(function (name) { return name === wire.from; }).length;
  return (wire.alone ? shared : []).concat(ends[end]);
}
function titleOf(wire) {
  if (wire.to) { return 'wire from ' + wire.from + ' to ' + wire.to; }
  return wire.ways.length ? 'wire of ' + wire.from + ', which branches' : 'wire of the output ' + wire.from;
}
// What is told of a wire, in lines of words: ['g', '−4'] is written in the colour of gradients.
function toldOf(wire, at, wires) {
  var here = wire.to ? at[wire.to] : null, lines = [];
  var ways = wires.filter(function (other) { return other.to ? other.from === wire.from : false; });
  if (here) {
    lines.push([['', wire.from + ' → ' + wire.to + ' (' + wire.kind + '): ' + 'upstream × local = downstream']]);
    lines.push([['g', written(here.gradient)], ['', ' × '], ['i', bracketed(written(here.locals[wire.port]))],
      ['', ' = '], ['g', written(here.down[wire.port])]]);
  } else if (!ways.length) {
    return [[['', wire.from + ' is the output. Backward starts here: its gradient with respect to itself is '],
      ['g', '1']]];
  }
  if (ways.length === 1) { return lines.concat([[['', 'This is the gradient of ' + wire.from + '.']]]); }
  var parts = ways.map(function (way) { return written(at[way.to].down[way.port]); });
  return lines.concat([[['', wire.from + ' branches, so it sums what comes back: '
    + parts.join(' + ').replace(/\+ −/g, '− ') + ' = '], ['g', written(at[wire.from].gradient)]]]);
}
// What must be said of these numbers: a tie, or one that is not finite.
function remarks(graph, at) {
  var lines = [], bad;
  graph.nodes.forEach(function (node) {
    var values = node.inputs.map(function (name) { return at[name].value; });
    if (node.kind === 'relu' ? values[0] === 0 : false) {
      lines.push(node.name + ' is at its kink, as its input is 0: here half of the upstream gradient passes.' + ' '
        + 'Any share from none to all is right; most libraries pass none.');
    }
    if ((node.kind === 'max' || node.kind === 'min') ? values[0] === values[1] : false) {
      lines.push('A tie at ' + node.name + ': both inputs are ' + written(values[0]) + '.' + ' '
        + 'Here each receives half of the upstream gradient.' + ' '
        + 'Any other split that hands out all of it is right, too.');
    }
  });
  bad = graph.nodes.find(function (node) { return !isFinite(at[node.name].value); });
  if (bad) {
    lines.push(bad.name + ' = ' + written(at[bad.name].value) + ': '
      + 'no finite number comes out here, and gradients behind it may have none either.');
  }
  return lines.map(function (line) { return [['', line]]; });
}
// The picture unfolded in the place of its image, and in the words of a control: what stands in it is told in a list.
function unfolded(view) {
  var uri = view.querySelector('img').getAttribute('src');
  view.innerHTML = decodeURIComponent(uri.slice(uri.indexOf(',') + 1));
  var svg = view.querySelector('svg');
  svg.querySelectorAll('.node').forEach(function (node) { node.setAttribute('aria-hidden', 'true'); });
  svg.querySelectorAll('svg > title, svg > desc').forEach(function (words) { words.remove(); });
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-label', 'wires of the graph: arrow keys go from one to the next, Enter chooses one');
  svg.style.minWidth = Math.round(0.7 * svg.viewBox.baseVal.width) + 'px';  // smaller ones cannot be read: it scrolls
  return svg;
}
// A row for an input: its `name` as the picture has it, a slider, a box. `moved` is called with a number, or with NaN where the box has none, and
// `now` tells the number that counts; what is returned shows another one.
function control(bar, node, name, moved, now) {
  var row = make('div', bar, 'cl-input'), run = scale(node.value), slider, box;
  make('span', row, 'cl-name', name).setAttribute('aria-hidden', 'true');
  slider = make('input', row);
  slider.type = 'range';
  ['min', 'max', 'step'].forEach(function (limit) { slider[limit] = run[limit]; });
  slider.setAttribute('aria-label', node.name);
  box = make('input', row);
  box.type = 'number';
  box.step = run.number(1) === 1 ? run.step : 'any';
  box.setAttribute('aria-label', node.name + ' as a number');
  slider.addEventListener('input', function () { moved(run.number(Number(slider.value))); });
  box.addEventListener('input', function () {
    box.setAttribute('aria-invalid', isNaN(box.valueAsNumber));
    moved(box.valueAsNumber);
  });
  box.addEventListener('blur', function () {
    box.removeAttribute('aria-invalid');
    box.value = typed(now());
  });
  return function (number) {
    slider.value = run.place(number);
    slider.setAttribute('aria-valuetext', written(number));
    if (document.activeElement !== box) { box.value = typed(number); }  // what is being typed is left alone
  };
}
// The wires as buttons over the picture: one stop for Tab, and the arrow keys go from one to the next.
function buttonsOn(svg, graph, wires, choose) {
  var group = svg.querySelector('.node').parentNode, buttons;
  function focus(index) {
    buttons.forEach(function (button, other) { button.setAttribute('tabindex', other === index ? 0 : -1); });
    buttons[index].focus();
    buttons[index].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  function press(index) {
    buttons.forEach(function (button, other) { button.setAttribute('aria-pressed', other === index); });
    focus(index);
    choose(wires[index]);
  }
  buttons = wires.map(function (wire, index) {
    var button = document.createElementNS(svg.namespaceURI, 'g');
    button.setAttribute('class', 'cl-wire');
    button.setAttribute('role', 'button');
    button.setAttribute('tabindex', index ? -1 : 0);
    button.setAttribute('aria-label', titleOf(wire));
    button.setAttribute('aria-pressed', 'false');
    piecesOf(svg, wire, graph).forEach(function (piece) {
      var path = document.createElementNS(svg.namespaceURI, 'path');
      path.setAttribute('d', piece.getAttribute('d'));
      button.appendChild(path);
    });
    button.addEventListener('click', function () { press(index); });
    button.addEventListener('keydown', function (event) {
      var next = { ArrowRight: index + 1, ArrowDown: index + 1, ArrowLeft: index - 1, ArrowUp: index - 1, Home: 0,
        End: wires.length - 1 }[event.key];
      if (event.key === 'Enter' || event.key === ' ') { press(index); } else if (next === undefined) { return; }
      if (buttons[next]) { focus(next); }
      event.preventDefault();
    });
    return button;
  });
  buttons.forEach(function (button) { group.appendChild(button); });
}
// A line that says what it said is left alone, so that it is not read out again.
function tell(say, lines) {
  lines.forEach(function (line, index) {
    var row = say.children[index] || make('div', say), text = line.map(function (word) { return word[1]; }).join('');
    if (row.textContent === text) { return; }
    row.textContent = '';
    line.forEach(function (word) { make('span', row, word[0] ? 'cl-' + word[0] : '', word[1]); });
  });
  while (say.children.length > lines.length) { say.lastChild.remove(); }
}
// Jupyter's shortcuts look at what has the focus before they look at what it stands in, and its notebook at what is left.
function ownKeys(root) {
  root.querySelectorAll('input, button, .cl-wire').forEach(function (part) {
    part.setAttribute('data-lm-suppress-shortcuts', 'true');
  });
  root.addEventListener('keydown', function (event) {
    if (event.key !== 'Tab') { event.stopPropagation(); }
  });
}
function enhance(root) {
  var graph = JSON.parse(root.getAttribute('data-graph')), wires = wiresOf(graph);
  var svg = unfolded(root.querySelector('.cl-view'));
  var details = root.querySelector('details'), listed = details.querySelectorAll('li');
  var bar = root.insertBefore(document.createElement('div'), details);
  var say = root.insertBefore(document.createElement('div'), details);
  var given = {}, controls = {}, chosen = null;
  var moved = HELP;  // the name of the input that was moved last, or what is said in its place
  root.querySelector('.cl-still').remove();
  bar.className = 'cl-bar';
  say.className = 'cl-say';
  say.setAttribute('aria-live', 'polite');
  function show() {
    var at = computed(graph.nodes, graph.output, given);
    svg.querySelectorAll('.node').forEach(function (node) {
      var name = node.getAttribute('data-node');
      write(node.querySelector('.value text'), at[name].value);
      write(node.querySelector('.gradient text'), at[name].gradient);
      node.classList.toggle('cl-now', chosen ? name === chosen.to : false);
    });
    graph.nodes.filter(function (node) { return node.kind !== 'constant'; }).forEach(function (node, index) {
      // Its last words are a value and a gradient, whatever they are called in the language of the page.
      listed[index].textContent = listed[index].textContent.replace(/\S+(, [^,]* )\S+$/, function (_, between) {
        return written(at[node.name].value) + between + written(at[node.name].gradient);
      });
    });
    var first = at[moved] ? moved + ' = ' + written(given[moved]) + ': ' + graph.output + ' = '
      + written(at[graph.output].value) + ', gradient of ' + moved + ' ' + written(at[moved].gradient) : moved;
    tell(say, [[['', first]]].concat(chosen ? toldOf(chosen, at, wires) : [], remarks(graph, at)));
  }
  function start() {
    graph.nodes.forEach(function (node) { given[node.name] = node.value; });
    Object.keys(controls).forEach(function (name) { controls[name](given[name]); });
    show();
  }
  graph.nodes.filter(function (node) { return node.kind === 'input'; }).forEach(function (node) {
    var drawn = Array.from(svg.querySelectorAll('.node')).find(function (part) {
      return part.getAttribute('data-node') === node.name;
    });
    controls[node.name] = control(bar, node, drawn.querySelector('text').textContent, function (number) {
      if (isNaN(number)) {
        moved = node.name + ' stays ' + written(given[node.name]) + ' until a number stands in its box.';
      } else {
        moved = node.name;
        given[node.name] = number;
        controls[node.name](number);
      }
      show();
    }, function () { return given[node.name]; });
  });
  var again = make('button', bar, '', 'Start again');
  again.type = 'button';
  again.addEventListener('click', function () { moved = 'The first numbers are back.'; start(); });
  buttonsOn(svg, graph, wires, function (wire) { chosen = wire; show(); });
  ownKeys(root);
  start();
}
document.querySelectorAll('.cl-live:not([data-on])').forEach(function (root) {
  root.setAttribute('data-on', '');
  enhance(root);
});
