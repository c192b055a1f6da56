"use strict";
/* The page's hands: keys, what is on the screen, and what is sent. All that is decided is decided by the server. */
(() => {
  const at = id => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  let question = 0, groups = [], current = null, drafts = new Map(), typed = "", line = Promise.resolve();

  const ask = async (path, body) => {
    const options = body === undefined ? {} : {
      method: "POST", body: JSON.stringify(body), headers: {"Content-Type": "application/json", "X-Marking": "1"}
    };
    let response;
    try {
      response = await fetch(path, options);
    } catch {
      throw new Error("The program that shows this page has ended. Start it again: all marks so far are kept.");
    }
    const data = await response.json();
    if (!response.ok) throw new Error(data.message);
    return data;
  };
  const say = text => { at("status").textContent = text; };
  // One thing after the other, in the order of keys and clicks: what is typed while the server works is not lost.
  const inLine = work => (...how) => {
    line = line.then(() => work(...how)).catch(error => say(error.message));
  };

  const element = (name, text, more = {}) => Object.assign(document.createElement(name), {textContent: text}, more);
  const number = text => Number(String(text).replace(",", "."));
  const parts = () => all(".part", at("marking"));
  const chosen = part => part.querySelector("input:checked");

  const sum = () => {
    at("points").value = parts().reduce((total, part) => total + (chosen(part) ? number(chosen(part).value) : 0), 0);
  };
  const choose = (part, value) => {
    const radio = all("input", part).find(input => number(input.value) === value);
    if (radio) radio.checked = true;
  };
  const clear = () => parts().forEach(part => all("input", part).forEach(input => { input.checked = false; }));
  const fill = ({points, comment, parts: shares}) => {
    clear();
    at("points").value = points ?? "";
    at("comment").value = comment;
    for (const part of parts()) if (part.dataset.name in shares) choose(part, shares[part.dataset.name]);
  };
  const draft = () => ({
    points: at("points").value === "" ? null : number(at("points").value), comment: at("comment").value.trim(),
    parts: Object.fromEntries(parts().filter(chosen).map(part => [part.dataset.name, number(chosen(part).value)]))
  });
  const keep = () => {
    if (!current) return;
    if (JSON.stringify(draft()) !== current.clean) drafts.set(current.key, draft());
    else drafts.delete(current.key);
  };

  const listed = () => {
    const list = element("ol", "");
    groups.forEach((group, place) => {
      const button = element("button", "", {type: "button"});
      button.dataset.key = group.key;
      button.append(element("span", `${place + 1}`), element("span", group.waits ? `${group.size} ×` : `✓ ${group.points}`,
        {className: group.waits ? "" : "done"}), element("span", group.excerpt));
      button.setAttribute("aria-label", `Group ${place + 1}, ${group.size} answer${group.size === 1 ? "" : "s"}, ` +
        `${group.waits ? "waits" : `marked ${group.points}`}: ${group.excerpt}`);
      if (current && group.key === current.key) button.setAttribute("aria-current", "true");
      button.onclick = inLine(() => show(group.key));
      const item = element("li", "");
      item.append(button);
      list.append(item);
    });
    at("list").replaceChildren(element("h2", "All groups"), list);
  };
  const offered = texts => {
    at("offered").replaceChildren(...texts.map(text => {
      const button = element("button", `+ ${text}`, {type: "button"});
      button.onclick = () => {
        const now = at("comment").value.trim();
        if (!now.includes(text)) at("comment").value = now ? `${now}\n\n${text}` : text;
        at("comment").focus();
      };
      return button;
    }));
  };
  const update = state => {
    groups = state.groups;
    at("progress").textContent = state.progress;
    offered(state.comments);
    listed();
  };
  const show = async key => {
    keep();
    if (!groups.length) {
      current = null;
      at("group").innerHTML = "<h2>Nothing to mark here</h2>";
      return;
    }
    const data = await ask(`group?question=${question}&key=${key ?? groups[0].key}`);
    current = data;
    update(data.state);
    typed = "";
    at("group").innerHTML = data.html;
    at("many").textContent = data.size === 1 ? "this answer" : `these ${data.size} answers`;
    fill(data);
    current.clean = JSON.stringify(draft());
    if (drafts.has(data.key)) fill(drafts.get(data.key));
    all("button.apart", at("group")).forEach(button => { button.onclick = inLine(() => apart(button)); });
    if (!document.activeElement.matches("textarea")) {
      at("group").focus({preventScroll: true});
      window.scrollTo(0, 0);
    }
  };
  const open = async (next, key) => {
    keep();
    current = null;
    question = next;
    at("question").value = String(next);
    const state = await ask(`state?question=${question}`);
    at("marking").innerHTML = state.form;
    parts().forEach(part => part.addEventListener("change", () => {
      parts().filter(each => !chosen(each)).forEach(each => choose(each, 0));
      sum();
    }));
    at("points").addEventListener("input", clear);
    update(state);
    await show(key ?? waiting(-1));
  };
  const place = () => groups.findIndex(group => current && group.key === current.key);
  const waiting = from => {
    const order = [...groups.slice(from + 1), ...groups.slice(0, from + 1)];
    return (order.find(group => group.waits) ?? groups[Math.max(from, 0)])?.key;
  };
  const move = step => show(groups[Math.min(groups.length - 1, Math.max(0, place() + step))]?.key);

  const save = async () => {
    if (!current) return;
    at("comment").blur();
    const {points, comment, parts: shares} = draft();
    const whole = parts().length && Object.keys(shares).length === parts().length;
    if (points === null) return say("Points first: a digit, or a part of the rubric.");
    const from = place();
    const spell = whole && at("tell") && at("tell").checked;
    const state = await ask("mark", {question, stamps: current.stamps, points, comment, parts: spell ? shares : {}});
    drafts.delete(current.key);
    current = null;
    update(state);
    say(state.said);
    await show(state.left ? groups[Math.min(from, groups.length - 1)]?.key : waiting(from - 1));
  };
  const undo = async () => {
    const state = await ask("undo", {});
    say(state.said);
    if (state.key === undefined) return;
    current = null;
    if (state.question !== question) await open(state.question, state.key);
    else { update(state); await show(state.key); }
  };
  const apart = async button => {
    keep();
    const state = await ask("apart", {question, ids: button.dataset.ids.split(" ")});
    const key = current.key;
    update(state);
    say(state.said);
    await show(key);
  };

  const digit = key => {
    const most = number(at("points").max), longer = number(typed + key);
    typed = typed && longer <= most ? typed + key : key;
    if (number(typed) > most) return say(`There are ${most} points.`);
    clear();
    at("points").value = number(typed);
  };
  const half = () => {
    const points = number(at("points").value || 0), most = number(at("points").max);
    clear();
    at("points").value = Number.isInteger(points) && points + 0.5 <= most ? points + 0.5 : Math.max(0, points - 0.5);
  };
  const part = index => {
    const box = parts()[index];
    if (!box) return;
    const most = number(box.dataset.most), now = chosen(box) ? number(chosen(box).value) : null;
    choose(box, now === most ? most / 2 : now === most / 2 ? 0 : most);
    if (!chosen(box)) choose(box, 0);
    box.dispatchEvent(new Event("change"));
    say(`${box.dataset.name}: ${number(chosen(box).value)} of ${most}; ${at("points").value} in all`);
  };
  const wording = () => {
    const buttons = all("button.apart", at("group"));
    if (buttons.length) buttons[(buttons.indexOf(document.activeElement) + 1) % buttons.length].focus();
  };
  const help = () => {
    at("keys").hidden = !at("keys").hidden;
    at("help").setAttribute("aria-expanded", String(!at("keys").hidden));
  };
  const keys = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    n: () => show(waiting(place())), h: half, c: () => at("comment").focus(), u: undo, "?": help, v: wording, Enter: save,
    q: () => open((question + 1) % all("option", at("question")).length),
    x: () => document.activeElement.matches("button.apart") ? apart(document.activeElement) : undefined
  };
  document.addEventListener("keydown", event => {
    const where = event.target, write = where.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (event.key === "Escape" && write) return at("group").focus();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); say(""); return inLine(save)(); }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !at("single").checked) return;
    if (write || (where.matches("input") && event.key.startsWith("Arrow"))) return;
    if (where.matches("button, summary, a") && ["Enter", " "].includes(event.key)) return;
    const work = /^\d$/.test(event.key) ? () => digit(event.key)
      : "asdfg".includes(event.key) && event.key.length === 1 ? () => part("asdfg".indexOf(event.key)) : keys[event.key];
    if (!work || (event.key === "Enter" && event.repeat)) return;
    event.preventDefault();
    say("");
    inLine(work)();
  });
  at("marking").addEventListener("submit", event => { event.preventDefault(); inLine(save)(); });
  at("question").addEventListener("change", inLine(() => open(Number(at("question").value))));
  at("undo").onclick = inLine(undo);
  at("help").onclick = help;
  window.addEventListener("beforeunload", event => {
    keep();
    if (drafts.size) event.preventDefault();
  });
  inLine(() => open(0))();
})();
