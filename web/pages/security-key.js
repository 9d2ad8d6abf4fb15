"use strict";

// Asks the browser for the person's security key or passkey (W3C Web Authentication), and sends its
// answer by the page's own form. Whoever has no script goes on by the form's other ways.
(() => {
  const form = document.getElementById("step");
  const button = document.getElementById("key");
  const status = document.getElementById("key-status");
  const answer = form.elements.namedItem("webauthn");
  let asking = false;

  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const options = () => {
    const told = JSON.parse(form.dataset.webauthn);
    const allowCredentials = told.allowCredentials.map((each) => ({ ...each, id: bytes(each.id) }));
    return { ...told, challenge: bytes(told.challenge), allowCredentials };
  };

  const written = (credential) => {
    const said = credential.response;
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: {
        clientDataJSON: text(said.clientDataJSON),
        authenticatorData: text(said.authenticatorData),
        signature: text(said.signature),
        userHandle: said.userHandle ? text(said.userHandle) : null,
      },
    });
  };

  const say = (words, kind) => {
    status.textContent = words;
    status.className = kind;
  };

  const explain = (error) => {
    if (error.name === "NotAllowedError" || error.name === "AbortError") {
      return "Your key has not confirmed this. Please try again, or go on in another way.";
    }
    return "Your key cannot be used here. Please go on in another way.";
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    say("Please follow what your browser asks for.", "note");
    try {
      answer.value = written(await navigator.credentials.get({ publicKey: options() }));
      form.submit();
    } catch (error) {
      asking = false;
      say(explain(error), "error");
      button.focus();
    }
  };

  if (!window.PublicKeyCredential) {
    say("This browser cannot use a security key or passkey here. Please go on in another way.",
      "note");
    return;
  }
  // What the browser restores when somebody comes back was answered already.
  window.addEventListener("pageshow", () => {
    answer.value = "";
    asking = false;
    say("", "");
  });
  button.hidden = false;
  button.addEventListener("click", ask);
  if (!form.querySelector("[autofocus]")) button.focus();
})();
