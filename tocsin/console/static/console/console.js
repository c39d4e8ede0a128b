/* What the console does beyond plain pages. Without it every form still works. */
(() => {
  "use strict";
  const SOON = 300, TOLD_AT = [300, 60];
  const chosen = new Map();
  const told = new Set();

  /* Clocks: how long until the word owed, or how late it is. */
  const two = (number) => String(number).padStart(2, "0");
  const span = (seconds) => {
    const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    const rest = Math.floor(seconds % 60);
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  };
  const tick = () => {
    const now = Date.now() / 1000;
    for (const clock of document.querySelectorAll(".clock[data-due]")) {
      const left = clock.dataset.due - now, isLate = left < 0;
      const words = isLate ? clock.dataset.late : clock.dataset.in;
      clock.textContent = words.replace("%(span)s", span(Math.abs(left)));
      clock.classList.toggle("overdue", isLate);
      clock.classList.toggle("soon", !isLate && left < SOON);
      clock.classList.toggle("due", !isLate);
      sayAloud(clock, left);
    }
  };
  const sayAloud = (clock, left) => {
    const mark = left < 0 ? "late" : TOLD_AT.find((at) => left <= at && left > at - 2);
    const key = `${clock.dataset.due}:${mark}`;
    if (!mark || told.has(key)) return;
    told.add(key);
    const aloud = document.getElementById("aloud");
    const around = clock.closest(".owes, .owed");
    if (aloud && around) aloud.textContent = around.textContent.replace(/\s+/g, " ").trim();
  };

  /* Tabs: panels are all there without the script, one below the other. */
  const panelsOf = (group) => [...group.children].filter((child) => child.matches("[data-tab]"));
  const show = (name, label) => {
    chosen.set(name, label);
    for (const group of document.querySelectorAll(`[data-tabs="${name}"]`)) select(group, label);
  };
  const select = (group, label) => {
    const panels = panelsOf(group);
    const panel = panels.find((one) => one.dataset.tab === label) || panels[0];
    for (const one of panels) one.hidden = one !== panel;
    for (const tab of group.querySelectorAll(":scope > .tabs > button")) {
      const isIt = tab.textContent === panel.dataset.tab;
      tab.setAttribute("aria-selected", String(isIt));
      tab.tabIndex = isIt ? 0 : -1;
    }
  };
  const move = (event, group) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...group.querySelectorAll(":scope > .tabs > button")];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
    event.preventDefault();
  };
  const build = (group) => {
    const panels = panelsOf(group), name = group.dataset.tabs;
    if (panels.length < 2 || group.querySelector(":scope > .tabs")) return;
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    for (const panel of panels) {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.textContent = panel.dataset.tab;
      tab.setAttribute("role", "tab");
      tab.addEventListener("click", () => show(name, panel.dataset.tab));
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-label", panel.dataset.tab);
      bar.append(tab);
    }
    bar.addEventListener("keydown", (event) => move(event, group));
    group.prepend(bar);
    select(group, chosen.get(name) || panels[0].dataset.tab);
  };

  /* Counters beside what has a length. */
  const count = (input) => {
    let shown = input.parentElement.querySelector(":scope > .count");
    if (!shown) {
      shown = document.createElement("span");
      shown.className = "count";
      shown.setAttribute("aria-hidden", "true");
      input.after(shown);
    }
    const length = [...(input.value || input.placeholder)].length, most = Number(input.dataset.most);
    shown.textContent = `${length} / ${most}`;
    shown.classList.toggle("over", length > most);
  };

  /* Blanks that only some options of a choice ask for. */
  const bringIn = (field) => {
    const [name, options] = field.dataset.onlyWhen.split("=");
    const choice = document.getElementsByName(name)[0];
    if (choice) field.hidden = !options.split("|").includes(choice.value);
  };

  /* The incident's name follows the choices until somebody writes their own. */
  const suggest = (root) => {
    for (const source of root.querySelectorAll("[data-suggests]")) {
      const input = document.getElementById(source.dataset.suggests);
      if (input && (input.value === "" || input.value === input.dataset.suggested)) {
        input.value = source.dataset.value;
        input.dataset.suggested = source.dataset.value;
      }
    }
  };

  /* The headline that the template makes stands where none was written. */
  const showMade = (root) => {
    for (const made of root.querySelectorAll("[data-made]")) {
      const input = document.getElementsByName(made.dataset.made)[0];
      if (!input || input.value) continue;
      input.placeholder = made.textContent;
      count(input);
    }
  };

  const find = (search) => {
    const wanted = search.value.trim().toLowerCase();
    for (const item of document.getElementById(search.dataset.finds).children) {
      const isChosen = item.querySelector("input:checked");
      item.hidden = !isChosen && !item.textContent.toLowerCase().includes(wanted);
    }
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = button.dataset.done;
  };

  const dress = (root) => {
    root.querySelectorAll("[data-tabs]").forEach(build);
    root.querySelectorAll("[data-most]").forEach(count);
    root.querySelectorAll("[data-only-when]").forEach(bringIn);
    root.querySelectorAll(".finder").forEach((finder) => { finder.hidden = false; });
    root.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
    if (navigator.clipboard) root.querySelectorAll("[data-copies]").forEach((button) => { button.hidden = false; });
    suggest(root);
    showMade(root);
    tick();
  };

  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-print]")) window.print();
    if (event.target.matches("[data-copies]")) copy(event.target);
  });
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (input.matches("[data-most]")) count(input);
    if (input.matches("[data-finds]")) find(input);
    if (input.matches("[data-picks]")) {
      const option = input.form.querySelector(`input[name=next][value="${input.dataset.picks}"]`);
      if (option) option.checked = true;
    }
    document.querySelectorAll("[data-only-when]").forEach(bringIn);
  });
  /* A second click must not declare a second incident. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.matches("[data-once]")) return;
    if (button.form.dataset.sent) event.preventDefault();
    button.form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
  document.addEventListener("htmx:afterSettle", (event) => dress(event.target));
  document.addEventListener("htmx:oobAfterSwap", (event) => dress(event.target));
  const offline = (is) => {
    const notice = document.getElementById("offline");
    if (notice) notice.hidden = !is;
  };
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    offline(false);
    document.getElementById("handed-back")?.replaceChildren();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input.link")) event.target.select();
  });

  dress(document);
  const refusal = document.getElementById("refusal");
  if (refusal) refusal.focus();
  setInterval(tick, 1000);
})();
