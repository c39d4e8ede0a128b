// Inside the frame: says to the page around it whether there is something to show, and looks again
// now and then. A notice that was closed stays closed, in this browser, until there is another one.
(() => {
  "use strict";
  const EVERY = 60000;
  const CLOSED = "tocsin-closed";
  const main = () => document.querySelector("main");
  let isShown = false;
  let shut = ""; // where a browser keeps nothing for frames

  function closed() {
    try {
      return localStorage.getItem(CLOSED) || shut;
    } catch {
      return shut;
    }
  }

  function show() {
    const key = main().dataset.key || "";
    const toShow = key !== "" && key !== closed();
    if (toShow === isShown) return;
    isShown = toShow;
    parent.postMessage({ action: toShow ? "showFrame" : "dismissFrame" }, "*");
  }

  function close() {
    shut = main().dataset.key || "";
    try {
      localStorage.setItem(CLOSED, shut);
    } catch {
      // then it is closed for as long as this page is open
    }
    isShown = false;
    main().removeAttribute("data-key");
    parent.postMessage({ action: "dismissFrame" }, "*");
  }

  async function look() {
    if (document.hidden) return;
    const answer = await fetch(location.pathname, { cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!fresh || (fresh.dataset.key && fresh.dataset.key === closed())) return;
    if (fresh.outerHTML !== main().outerHTML) main().replaceWith(fresh);
    show();
  }

  document.getElementById("dismiss").addEventListener("click", close);
  setInterval(() => look().catch(() => {}), EVERY);
  show();
})();
