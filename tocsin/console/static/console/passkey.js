/* Passkeys: the browser's own ceremony between two posts. Without them the other ways remain. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  // A bare number is no name that a passkey could be kept to.
  if (/^[\d.]+$|^\[/.test(location.hostname)) return;

  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const options = (told) => {
    const made = { ...told, challenge: bytes(told.challenge) };
    if (told.user) made.user = { ...told.user, id: bytes(told.user.id) };
    if (told.excludeCredentials) made.excludeCredentials = named(told.excludeCredentials);
    if (told.allowCredentials) made.allowCredentials = named(told.allowCredentials);
    return made;
  };
  const FIELDS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const plain = (credential) => {
    const response = {};
    for (const field of FIELDS) {
      if (credential.response[field]) response[field] = text(credential.response[field]);
    }
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const ceremony = async (form) => {
    const begun = await fetch(form.dataset.begin, {
      method: "POST", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!begun.ok) throw new Error(String(begun.status));
    const told = await begun.json();
    const asked = { publicKey: options(told.publicKey) };
    return navigator.credentials[form.dataset.passkey](asked);
  };
  const send = async (event) => {
    const form = event.target;
    event.preventDefault();
    const failed = form.querySelector("[data-failed]"), button = form.querySelector("button");
    failed.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(plain(await ceremony(form)));
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
  for (const hint of document.querySelectorAll("[data-no-passkey]")) hint.hidden = true;
})();
