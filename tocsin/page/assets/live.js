// What the page gains with a script: a countdown, the reader's own time, news without a reload.
// Everything is there without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = __WORDS__;
  const language = root.lang;
  const OLD_AFTER = 15 * 60 * 1000; // a page is confirmed anew every five minutes
  const polls = Number(document.body.dataset.polls || 0);
  let shown = root.dataset.live || "";
  let source = said(document.querySelector("main"));

  // Where the script speaks itself: read aloud as soon as it does.
  function said_below(id) {
    const place = document.createElement("p");
    place.id = id;
    place.setAttribute("role", "status");
    document.body.append(place);
    return place;
  }
  const news = said_below("news");
  news.className = "unseen";
  const old = said_below("old");
  old.hidden = true;
  old.style.cssText =
    "position:sticky;bottom:0;margin:0;padding:.75rem 1.25rem;text-align:center;font-weight:600;" +
    "color:var(--paper);background:var(--x)";

  // Intl's formatters take a phone a quarter of a second to make: only what is asked for pays that.
  const inFull = (at) => new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" }).format(at);
  const twoDigits = (number) => String(number).padStart(2, "0");

  function countDown() {
    for (const place of document.querySelectorAll("[data-due]")) {
      const minutes = Math.ceil((Date.parse(place.dataset.due) - Date.now()) / 60000);
      let text = words.soon;
      if (minutes >= 90) text = words.hours.replace("{hours}", Math.round(minutes / 60));
      else if (minutes > 1) text = words.minutes.replace("{minutes}", minutes);
      else if (minutes === 1) text = words.minute;
      if (place.textContent !== text) place.textContent = text;
    }
  }

  function tellLocalTimes() {
    for (const time of document.querySelectorAll(".next time[datetime*=T]")) {
      const at = new Date(time.dateTime);
      const here = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
      if (time.textContent.includes(here) || time.dataset.told) continue;
      time.dataset.told = "yes";
      time.insertAdjacentText("afterend", ` (${here}, ${words.yours})`);
    }
  }

  // Any time, pointed at, tells itself in full and as the reader's own clock has it.
  function tellInFull({ target }) {
    const time = target.closest?.("time[datetime*=T]");
    if (time && !time.title) time.title = inFull(new Date(time.dateTime));
  }

  function enhance() {
    countDown();
    tellLocalTimes();
  }

  // What was #c-name until its fold lost the id: by the link inside it to its own page.
  const component = (name) =>
    name.startsWith("c-") && document.querySelector(`.tree [href$="/c/${CSS.escape(name.slice(2))}"]`);

  function unfold() {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && (document.getElementById(name) || component(name));
    for (let place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    if (target) target.scrollIntoView();
  }

  // A copy that was not confirmed for long is said to be old, by the clock of whoever served it:
  // a reader's own may be wrong, so it is asked again before anything is claimed.
  const age = (now) => now - Date.parse(document.getElementById("copy")?.dataset.confirmed || "");

  async function tellAge() {
    if (!(age(Date.now()) > OLD_AFTER)) return (old.hidden = true);
    const now = await refresh(shown).catch(() => NaN);
    const is_old = age(Number.isNaN(now) ? Date.now() : now) > OLD_AFTER;
    if (is_old) old.textContent = words.old.replace("{time}", inFull(Date.now() - age(Date.now())));
    old.hidden = !is_old;
  }

  // What a main says, whatever the script did to it since; when it was confirmed is no news.
  function said(main) {
    const copy = main.cloneNode(true);
    for (const one of copy.querySelectorAll("#confirmed")) one.remove();
    return copy.innerHTML;
  }

  function swap(fresh, ...places) {
    for (const place of places) {
      const before = document.querySelector(place);
      const after = fresh.querySelector(place);
      if (before && after) before.replaceWith(after);
    }
  }

  function wear(css) {
    if (!document.adoptedStyleSheets) return; // an older browser does without
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  // Some words wear what most pages do without (a table, a chart, what was put right).
  let is_dressed = document.getElementById("seldom") !== null;
  function dress(fresh) {
    const more = fresh.getElementById("seldom");
    if (!more || is_dressed) return;
    is_dressed = true;
    wear(more.textContent);
  }

  // A fold is known by its id, else by what it and those around it are called.
  function named(fold) {
    const around = fold.parentElement.closest("details");
    return fold.id || `${around ? named(around) : ""}/${fold.querySelector("summary span")?.textContent}`;
  }

  // Puts the new words in the place of the old: what the reader unfolded stays open, what they
  // look at stays where it is.
  function take(fresh) {
    const before = document.querySelector("main");
    const after = fresh.querySelector("main");
    const now = said(after);
    if (now === source) return swap(fresh, "#confirmed", "footer");
    source = now;
    const open = new Set([...before.querySelectorAll("details[open]")].map(named));
    const folds = [...after.querySelectorAll("details")];
    for (const one of folds) one.open ||= open.has(named(one));
    const focused = document.activeElement && document.activeElement.closest("details");
    const y = window.scrollY;
    dress(fresh);
    before.replaceWith(after);
    swap(fresh, "footer", "link[rel=icon]");
    document.title = fresh.title;
    window.scrollTo({ top: y, behavior: "instant" });
    const again = focused && folds.find((one) => named(one) === named(focused));
    if (again) again.querySelector("summary").focus({ preventScroll: true });
  }

  // What was written by hand has no number of its own.
  const shouts = (place) => [...place.querySelectorAll("[data-shout]")].map((one) => one.dataset.shout).join();

  let etag = "";
  async function refresh(live) {
    const asked = etag ? { cache: "no-store", headers: { "If-None-Match": etag } } : { cache: "no-cache" };
    const answer = await fetch(location.pathname, asked);
    const now = Date.parse(answer.headers.get("date") || "");
    if (!answer.ok) return NaN;
    if (polls) etag = answer.headers.get("ETag") || "";
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("main")) return now;
    const is = fresh.documentElement.dataset.live || live;
    const isNews = is.split(".")[0] !== shown.split(".")[0] || shouts(fresh) !== shouts(document);
    shown = is;
    take(fresh);
    enhance();
    if (isNews) news.textContent = words.news;
    return now;
  }

  // A page that only some may read has no stream of events: it asks now and then, while looked at.
  function poll() {
    setInterval(() => {
      if (!document.hidden) refresh(shown).catch(() => {});
    }, 1000 * polls);
  }

  function listen() {
    const events = new EventSource("/events");
    events.addEventListener("publication", (event) => {
      const { number, revision } = JSON.parse(event.data);
      const live = `${number}.${revision}`;
      if (!shown) shown = live;
      if (live !== shown) refresh(live).catch(() => {});
    });
  }

  wear("@media(prefers-reduced-motion:no-preference){summary::before{transition:transform .15s}}");
  enhance();
  unfold();
  setInterval(countDown, 5000);
  setInterval(tellAge, 60000);
  tellAge();
  addEventListener("hashchange", unfold);
  addEventListener("pointerover", tellInFull);
  if (polls) poll();
  else if (location.protocol.startsWith("http")) listen();
})();
