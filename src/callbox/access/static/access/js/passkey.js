// SPDX-License-Identifier: Apache-2.0
// Passkeys. A button with data-passkey="use" or "make": the server gives a challenge, the device answers it, the
// server says where to go. Bytes travel as base64url.

import { post } from "../../web/js/api.js";
import { say } from "../../web/js/status.js";

const bytesOf = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const listOf = (known = []) => known.map((each) => ({ ...each, id: bytesOf(each.id) }));

function creationOf({ publicKey }) {
  const user = { ...publicKey.user, id: bytesOf(publicKey.user.id) };
  const excludeCredentials = listOf(publicKey.excludeCredentials);
  return { publicKey: { ...publicKey, challenge: bytesOf(publicKey.challenge), user, excludeCredentials } };
}

function requestOf({ publicKey }) {
  const allowCredentials = listOf(publicKey.allowCredentials);
  return { publicKey: { ...publicKey, challenge: bytesOf(publicKey.challenge), allowCredentials } };
}

// What the device said, as plain data.
function plain(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function use({ dataset }) {
  const asked = { for: dataset.for, next: dataset.next ?? "" };
  const options = requestOf(await post(dataset.options, asked));
  const credential = plain(await navigator.credentials.get(options));
  return post(dataset.answer, { ...asked, credential });
}

async function make({ dataset }) {
  const options = creationOf(await post(dataset.options));
  const credential = plain(await navigator.credentials.create(options));
  return post(dataset.answer, { credential });
}

async function press(button) {
  button.disabled = true;
  try {
    const { go } = await (button.dataset.passkey === "make" ? make : use)(button);
    location.assign(go);
  } catch (fault) {
    // A Problem has been said already; the rest is the device's or the person's no.
    if (fault instanceof DOMException) say(button.dataset.notDone, "wrong");
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const able = window.isSecureContext && window.PublicKeyCredential;
  if (able) button.addEventListener("click", () => press(button));
  button.disabled = !able;
  document.querySelector("[data-passkey-unable]")?.toggleAttribute("hidden", Boolean(able));
}
