// SPDX-License-Identifier: Apache-2.0
// The key questions of an incident type, with closed answers. A digit answers the question that has the focus and
// goes on to the next one.

import { get } from "../web/js/api.js";
import { h } from "../web/js/dom.js";

let catalogue = null;

// The catalogue of types and questions, asked for once.
export function loadCatalogue() {
  catalogue ??= get("/api/catalogue", { quiet: true }).catch((problem) => {
    catalogue = null;
    throw problem;
  });
  return catalogue;
}

// The questions of a type: [{code, text, answers: [{code, name}]}].
export async function questionsOf(type) {
  const { types } = await loadCatalogue();
  return types.find(({ code }) => code === type)?.questions ?? [];
}

// Draw the questions of a type into `root`; what was answered before stays answered. changed() after each answer.
export async function ask(root, type, changed) {
  const before = answersIn(root);
  const questions = type ? await questionsOf(type) : [];
  root.replaceChildren(...questions.map((question) => drawn(question, before[question.code])));
  root.onchange = changed;
  root.onkeydown = onKey;
}

function drawn({ code, text, answers }, answered) {
  const name = `answer_${code}`;
  const choices = answers.map(({ code: answer, name: label }, at) =>
    h(
      "label",
      { class: "answer" },
      h("input", { type: "radio", name, value: answer, checked: answer === answered }),
      h("kbd", { class: "key", "aria-hidden": "true" }, String(at + 1)),
      h("span", {}, label),
    ),
  );
  return h("fieldset", { class: "question", "data-question": code }, h("legend", {}, text), h("div", { class: "answers" }, ...choices));
}

function onKey(event) {
  const question = event.target.closest("[data-question]");
  if (!question || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
  const box = question.querySelectorAll("input")[Number(event.key) - 1];
  if (!box) return;
  event.preventDefault();
  event.stopPropagation();
  box.click();
  goOn(question);
}

// Focus the next question; after the last one, what comes after the questions.
function goOn(question) {
  const next = question.nextElementSibling?.querySelector("input");
  if (next) next.focus();
  else question.parentElement.dispatchEvent(new CustomEvent("questions:done", { bubbles: true }));
}

// What has been answered: question code -> answer code.
export function answersIn(root) {
  const chosen = [...root.querySelectorAll("input:checked")];
  return Object.fromEntries(chosen.map((input) => [input.closest("[data-question]").dataset.question, input.value]));
}

// Put the focus on the first question that has no answer yet; true when there is one.
export function focusFirst(root) {
  const open = [...root.querySelectorAll("[data-question]")].find((each) => !each.querySelector("input:checked"));
  open?.querySelector("input").focus();
  return Boolean(open);
}
