// For other people's pages: <script src="https://status.example.com/embed/script.js" async></script>
// It opens a frame in a corner when something is wrong, or when work is under way.
(() => {
  "use strict";
  const told = __TOLD__;
  const script = document.currentScript || document.querySelector('script[src*="embed/script.js"]');
  if (!script) return;
  const base = new URL("..", script.src);
  const spoken = [document.documentElement.lang, ...(navigator.languages || [])].map((tag) => tag.toLowerCase().split("-")[0]);
  const language = spoken.find((code) => told.frames[code]) || told.first;
  const isNarrow = () => window.innerWidth < 450;

  const frame = document.createElement("iframe");
  frame.src = new URL(told.frames[language], base).href + (isNarrow() ? "?mobile=true" : "");
  frame.title = told.name;
  frame.hidden = true;

  function place() {
    const style = { position: "fixed", zIndex: "2147483647", border: "0", boxSizing: "border-box", colorScheme: "light", background: "transparent" };
    if (isNarrow()) Object.assign(style, { left: "0", right: "0", bottom: "0", top: "auto", width: "100%", height: "115px", borderRadius: "0", boxShadow: "0 -1px 12px rgb(0 0 0/.25)" });
    else {
      const [block, side] = told.position.split("-");
      const corner = { top: "auto", bottom: "auto", left: "auto", right: "auto", [block]: "60px", [side]: "60px" };
      Object.assign(style, corner, { width: "320px", height: "115px", borderRadius: "6px", boxShadow: "0 2px 16px rgb(0 0 0/.28)" });
    }
    Object.assign(frame.style, style);
    frame.style.display = frame.hidden ? "none" : "block";
  }

  // Which notice was closed here is kept by this page, so that it stays closed on the next one.
  const kept = "tocsin-closed " + base.host;
  let closed = "";
  try {
    closed = localStorage.getItem(kept) || "";
  } catch {
    // then it stays closed until the page is left
  }

  function close(key) {
    closed = key;
    try {
      localStorage.setItem(kept, key);
    } catch {
      // as above
    }
  }

  addEventListener("message", (event) => {
    if (event.origin !== base.origin || event.source !== frame.contentWindow || !event.data) return;
    const { action, key = "" } = event.data;
    if (action === "showFrame") frame.hidden = key !== "" && key === closed;
    else if (action === "dismissFrame") {
      frame.hidden = true;
      if (key) close(String(key));
    } else return;
    place();
  });
  addEventListener("resize", place);

  function open() {
    place();
    document.body.append(frame);
  }
  if (document.body) open();
  else addEventListener("DOMContentLoaded", open);
})();
