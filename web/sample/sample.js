// The sign-in page of the sample site: the native API by fetch. Tokens stay in this closure, so that
// no other script and no later visitor of this browser finds them.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  let tokens = null;

  const show = (line, body = "") => {
    byId("status").textContent = line;
    byId("answer").textContent = body;
  };

  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  const askForCode = () => {
    byId("login-code-row").hidden = false;
    byId("login-code").focus();
  };

  // Six digits are an authenticator's, all else is a recovery code.
  const proof = (code) => {
    if (!code) return {};
    return /^\d{6}$/.test(code) ? { otp: code } : { recovery_code: code };
  };

  // Asks, shows the answer, and returns it read: null unless it was a success.
  const ask = async (method, path, { body, withToken = true, secret = false } = {}) => {
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (withToken && tokens) headers["Authorization"] = `Bearer ${tokens.access_token}`;
    let answer;
    let text;
    try {
      answer = await fetch(path, {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "omit", cache: "no-store", redirect: "error",
      });
      text = await answer.text();
    } catch {
      show(`${method} ${path}: no answer`);
      return null;
    }
    const hidden = secret && answer.ok;
    show(`${method} ${path}: ${answer.status}`, hidden ? "(tokens, not shown)" : pretty(text));
    if (!answer.ok) {
      // A right password, and the account has a second factor: the form asks for it.
      if (text.includes('"mfa_required"')) askForCode();
      return null;
    }
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  };

  // Only a place on this very site: one slash, not two, and no backslash, which browsers take for one.
  const wantedPage = () => {
    const wanted = new URLSearchParams(location.search).get("return_to");
    return wanted && /^\/(?![/\\])[^\\\s]*$/.test(wanted) ? wanted : null;
  };

  const render = () => {
    byId("signed-out").hidden = tokens !== null;
    byId("signed-in").hidden = tokens === null;
  };

  const signIn = async (login, password, code = "") => {
    const answer = await ask("POST", "/auth/v1/login",
      { body: { login, password, ...proof(code) }, withToken: false, secret: true });
    if (!answer) return;
    tokens = answer;
    byId("login-code-row").hidden = true;
    render();
    byId("signed-in-title").focus();
    const wanted = wantedPage();
    if (wanted) await ask("GET", wanted);
  };

  const fields = (form) => Object.fromEntries(new FormData(form));

  byId("login").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { login, password, code } = fields(event.target);
    await signIn(login, password, code.trim());
    if (tokens) event.target.reset();
  });

  byId("register").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { username, email, password } = fields(event.target);
    const account = await ask("POST", "/auth/v1/register",
      { body: { username, email, password }, withToken: false });
    if (!account) return;
    await signIn(username, password);
    if (tokens) event.target.reset();
  });

  for (const button of document.querySelectorAll("button[data-page]")) {
    button.addEventListener("click", () => ask("GET", button.dataset.page));
  }
  byId("me").addEventListener("click", () => ask("GET", "/auth/v1/me"));
  byId("make-key").addEventListener("click", () =>
    ask("POST", "/auth/v1/keys", { body: { name: `sample site, ${new Date().toISOString()}` } }));
  // The picture is the server's own SVG; as an image no script in it could run.
  byId("enrol").addEventListener("click", async () => {
    const answer = await ask("POST", "/auth/v1/mfa/totp", { body: {}, secret: true });
    if (!answer) return;
    byId("qr").src = `data:image/svg+xml;base64,${btoa(answer.qr_svg)}`;
    byId("secret").textContent = answer.secret;
    byId("factor").hidden = false;
    byId("factor-code").focus();
  });
  byId("factor").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code } = fields(event.target);
    const answer = await ask("POST", "/auth/v1/mfa/totp/confirm", { body: { code: code.trim() } });
    if (!answer) return;
    event.target.reset();
    byId("qr").removeAttribute("src");
    byId("secret").textContent = "";
    byId("factor").hidden = true;
  });
  byId("refresh").addEventListener("click", async () => {
    const answer = await ask("POST", "/auth/v1/refresh",
      { body: { refresh_token: tokens.refresh_token }, withToken: false, secret: true });
    if (answer) tokens = answer;
  });
  byId("logout").addEventListener("click", async () => {
    if (!(await ask("POST", "/auth/v1/logout"))) return;
    tokens = null;
    render();
    byId("login-name").focus();
  });

  const wanted = wantedPage();
  if (wanted) {
    byId("wanted").textContent = `${wanted} is for people who are signed in.`;
    byId("wanted").hidden = false;
  }
  render();
})();
