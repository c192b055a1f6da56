// A graph of scalar gates, computed in the page: values forward, then upstream × local = downstream, back to the inputs.
// A gate is written once, as in GATES of graph.py, for numbers that carry a slope, [value, slope]. Its local derivative
// with respect to one input is the slope of its output where that input has slope 1 and the others 0. So there is no
// table of derivatives here, either: it would be the answer to half of the exercises.
function share(slope, local) { return slope === 0 ? 0 : slope * local; }  // no slope stays none, also beside ∞
function times(number, a) { return [number * a[0], share(a[1], number)]; }
function sum(a, b) { return [a[0] + b[0], a[1] + b[1]]; }
function product(a, b) { return [a[0] * b[0], share(a[1], b[0]) + share(b[1], a[0])]; }
function ratio(a, b) {
  var value = a[0] / b[0];
  return [value, share(a[1], 1 / b[0]) - share(b[1], value / b[0])];
}
function exponential(a) { return [Math.exp(a[0]), share(a[1], Math.exp(a[0]))]; }
function lessOne(a) { return [Math.expm1(a[0]), share(a[1], Math.exp(a[0]))]; }  // eˣ − 1, exact where x is tiny, too
function larger(a, b) {
  if (a[0] > b[0]) { return a; }
  if (b[0] > a[0]) { return b; }
  return a[0] === b[0] ? [a[0], (a[1] + b[1]) / 2] : [NaN, NaN];  // at a tie half to each, as a measured slope has it
}
function smaller(a, b) { return times(-1, larger(times(-1, a), times(-1, b))); }
function squashed(a) {  // the exponent is never positive, so that nothing overflows
  if (a[0] > 0) { return ratio([1, 0], sum([1, 0], exponential(times(-1, a)))); }
  return ratio(exponential(a), sum([1, 0], exponential(a)));
}
function centred(a) {
  var sign = a[0] > 0 ? 1 : -1, power = lessOne(times(-2 * sign, a));
  return ratio(times(-sign, power), sum([2, 0], power));
}
var GATES = {
  add: sum,
  subtract: function (a, b) { return sum(a, times(-1, b)); },
  multiply: product,
  divide: ratio,
  negate: function (a) { return times(-1, a); },
  reciprocal: function (a) { return ratio([1, 0], a); },
  square: function (a) { return product(a, a); },
  exp: exponential,
  log: function (a) { return [Math.log(a[0]), share(a[1], 1 / a[0])]; },
  tanh: centred,
  sigmoid: squashed,
  relu: function (a) { return larger(a, [0, 0]); },
  max: larger,
  min: smaller,
  dot: product,
  sum: function (a) { return a; }
};
// How far a gate's output moves with its input number `port`, the others held.
function localSlope(kind, inputs, port) {
  return GATES[kind].apply(null, inputs.map(function (value, at) { return [value, at === port ? 1 : 0]; }))[1];
}
// What stands at each node: `value`, `gradient`, the `locals` of its gate and what it passes `down` to each input.
// `nodes` are {name, kind, inputs}, inputs first; `given` has the values of inputs and constants.
function computed(nodes, output, given) {
  var at = {};
  nodes.forEach(function (node) {
    var values = node.inputs.map(function (name) { return at[name].value; });
    at[node.name] = {
      value: node.inputs.length ? GATES[node.kind].apply(null, values.map(function (v) { return [v, 0]; }))[0]
        : given[node.name],
      locals: values.map(function (_, port) { return localSlope(node.kind, values, port); }),
      gradient: node.name === output ? 1 : 0,
      down: []
    };
  });
  nodes.slice().reverse().forEach(function (node) {
    var here = at[node.name];
    here.down = here.locals.map(function (local) { return share(here.gradient, local); });
    node.inputs.forEach(function (name, port) { at[name].gradient += here.down[port]; });
  });
  return at;
}
// A number with three significant digits, as `number` of diagram.py writes it: −0.2, 1230, 4.5e−7.
function written(value) {
  var size = Math.abs(value), text;
  if (isNaN(value)) { return 'NaN'; }
  if (size === Infinity) { return value > 0 ? '∞' : '−∞'; }
  if (Number.isInteger(value) ? 1e6 > size : false) {
    text = String(value + 0);
  } else if (size >= 1e-3 ? 1e5 > size : false) {
    text = String(Number(value.toPrecision(3)));
  } else {
    var parts = value.toExponential(2).split('e');
    text = Number(parts[0]) + 'e' + Number(parts[1]);
  }
  return text.replace(/-/g, '−');
}
