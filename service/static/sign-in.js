"use strict";

const told = document.getElementById("told");
const begin = document.getElementById("begin");
const proof = document.getElementById("proof");
const provider = begin.dataset.provider;

// The code is handed in once, and must not stay in the address or in the history.
const returned = new URLSearchParams(location.search);
history.replaceState(null, "", location.pathname);

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, cookie: true }),
  });
  return { ok: answer.ok, body: await answer.json() };
}

function show(text, shown) {
  told.textContent = text;
  for (const part of [begin, proof, document.getElementById("ways")]) {
    part.hidden = part !== shown;
  }
}

async function leave() {
  show("");
  const { ok, body } = await post(`/v1/providers/${provider}/authorizations`, {});
  if (ok) {
    location.assign(body.authorizationUrl);
  } else {
    show(body.detail, begin);
  }
}

async function finish(secondFactor) {
  show("You are being signed in.");
  const answer = { provider, state: returned.get("state"), code: returned.get("code") };
  if (returned.has("iss")) {
    answer.iss = returned.get("iss");
  }
  const { ok, body } = await post("/v1/sessions/provider", { ...answer, ...secondFactor });
  if (ok) {
    show("You are signed in.", document.getElementById("ways"));
  } else if (body.type.endsWith("second-factor-required")) {
    show("This account asks for a second factor.", proof);
  } else if (/(invalid-second-factor|codes-unusable)$/.test(body.type)) {
    show(body.detail, proof);
  } else {
    show(body.detail, begin);
  }
}

function orTell(work) {
  return (event) => {
    event?.preventDefault();
    work(event).catch(() => show("The service gives no answer. Try again.", begin));
  };
}

begin.addEventListener("submit", orTell(leave));
proof.addEventListener(
  "submit",
  orTell(() => finish({ secondFactor: new FormData(proof).get("code") })),
);

if (returned.has("code") && returned.has("state")) {
  orTell(() => finish({}))();
} else if (returned.has("error")) {
  show(`${provider} has not signed you in.`, begin);
} else {
  show("", begin);
}
