// Inside the frame: says to the page around it whether there is something to show, and looks again
// now and then. What was closed is remembered by that page: many browsers keep nothing for frames.
(() => {
  "use strict";
  const EVERY = 60000;
  const main = () => document.querySelector("main");
  const tell = (action, key) => parent.postMessage({ action, key }, "*");
  let shown = "";
  let closed = "";

  function show() {
    const key = main().dataset.key || "";
    const toShow = key === closed ? "" : key;
    if (toShow === shown) return;
    shown = toShow;
    tell(shown ? "showFrame" : "dismissFrame", shown);
  }

  function close() {
    closed = main().dataset.key || "";
    shown = "";
    tell("dismissFrame", closed);
  }

  async function look() {
    if (document.hidden) return;
    const answer = await fetch(location.pathname, { cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!fresh) return;
    if (fresh.outerHTML !== main().outerHTML) main().replaceWith(fresh);
    show();
  }

  document.getElementById("dismiss").addEventListener("click", close);
  setInterval(() => look().catch(() => {}), EVERY);
  show();
})();
