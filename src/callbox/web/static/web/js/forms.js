// SPDX-License-Identifier: Apache-2.0
// Small help for forms: the error summary takes the focus, a form is sent once, htmx speaks as api.js does.

import { csrfToken, problemOf } from "./api.js";
import { refresh } from "./ages.js";
import { say } from "./status.js";
import { word } from "./words.js";

document.querySelector("[data-takes-focus]")?.focus();

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !(button instanceof HTMLButtonElement)) return;
  if (event.target.matches("[hx-post], [hx-put], [hx-get], [hx-patch], [hx-delete]")) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.removeAttribute("aria-busy"), 5000);
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:afterSwap", (event) => refresh(event.detail.elt?.parentNode ?? document));
document.addEventListener("htmx:sendError", () => say(word("unreachable"), "wrong"));
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  let body = null;
  try {
    body = JSON.parse(responseText);
  } catch {
    // A fault's page is no JSON; the general words will do.
  }
  say(problemOf(status, body).message, "wrong");
});
