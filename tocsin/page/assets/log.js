// Recomputes the whole public log in the reader's browser, when they ask for it. What was whole is
// remembered here, so that the next check also tells whether the past was changed since.
(() => {
  "use strict";
  const place = document.getElementById("check");
  if (!place) return;
  const words = __WORDS__;
  const base = place.dataset.log;
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  if (!crypto.subtle) {
    told.textContent = words.insecure;
    place.append(" ", told);
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "do quiet";
  button.textContent = words.check;
  place.append(" ", button, " ", told);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      told.textContent = await checked();
    } catch (fault) {
      told.textContent = fault instanceof Fault ? fault.message : words.unread;
    }
    button.disabled = false;
  });

  class Fault extends Error {}
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const octets = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  async function sha256(text) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, "0")).join("");
  }

  async function got(name) {
    const answer = await fetch(base + name, { cache: "no-cache" });
    if (!answer.ok) throw new Error(name);
    return answer.text();
  }

  async function checked() {
    const head = JSON.parse(await got("head.json"));
    const known = remembered(head.audience);
    if (known && known.number > head.number) throw new Fault(fill(words.shorter, known));
    const left = await walk(head, known);
    if (head.redactions !== (left ? await sha256(left) : "")) throw new Fault(words.left);
    const signed = await isSigned(head);
    if (signed === false) throw new Fault(words.unsigned);
    if (known && known.key !== head.key) throw new Fault(words.key);
    remember(head);
    const since = known ? fill(words.since, known) : "";
    return [fill(words.whole, head), since, signed ? "" : words.unable].filter(Boolean).join(" ");
  }

  // Every entry of every file, in order; returns what was taken out, as the head sums it up.
  async function walk(head, known) {
    let link = await sha256(`${head.format}\n${head.audience}`), number = 0, left = "";
    for (let file = 1; number < head.number; file += 1) {
      const lines = (await got(`${file}.jsonl`)).split("\n").filter(Boolean).map((line) => JSON.parse(line));
      if (!lines.length) throw new Fault(fill(words.ends, { number }));
      const digests = await Promise.all(lines.map((entry) => sha256(entry.salt + entry.told)));
      for (const [place, entry] of lines.entries()) {
        if (entry.number > head.number) break;
        number += 1;
        if (entry.number !== number) throw new Fault(fill(words.missing, { number }));
        if (digests[place] !== (entry.left || entry.digest)) throw new Fault(fill(words.changed, { number }));
        if (entry.left) left += `${number} ${entry.left}\n`;
        link = await sha256([link, number, entry.kind, entry.incident, entry.digest].join("\n"));
        if (link !== entry.link) throw new Fault(fill(words.breaks, { number }));
        if (known && number === known.number && link !== known.link) throw new Fault(fill(words.otherwise, known));
      }
      told.textContent = fill(words.progress, { number, of: head.number });
    }
    if (link !== head.link) throw new Fault(fill(words.breaks, { number }));
    return left;
  }

  // Undefined where the browser knows no such keys.
  async function isSigned(head) {
    const text = [head.format, head.audience, head.number, head.link, head.redactions].join("\n");
    let key;
    try {
      key = await crypto.subtle.importKey("raw", octets(head.key), "Ed25519", false, ["verify"]);
    } catch {
      return undefined;
    }
    return crypto.subtle.verify("Ed25519", key, octets(head.signature), new TextEncoder().encode(text));
  }

  function remembered(audience) {
    try {
      return JSON.parse(localStorage.getItem(`tocsin log ${audience}`));
    } catch {
      return null;
    }
  }

  function remember({ audience, number, link, key }) {
    try {
      localStorage.setItem(`tocsin log ${audience}`, JSON.stringify({ number, link, key }));
    } catch {
      // a browser that keeps nothing checks all the same
    }
  }
})();
