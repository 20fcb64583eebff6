// SPDX-License-Identifier: Apache-2.0
// The questions of a form follow the category that is chosen in it.

import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { pieces } from "./pieces.js";

// form: has a field `category`. The questions are drawn by the server into #questions.
export function followCategory(form) {
  const questions = document.getElementById("questions");
  let asked = 0;
  form.elements.category.addEventListener("change", async ({ target }) => {
    const mine = ++asked;
    const address = `${questions.dataset.url}?questions=1&category=${encodeURIComponent(target.value)}`;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine === asked) questions.replaceChildren(pieces(html));
    } catch {
      say(word("unreachable"), "wrong");
    }
  });
}
