// SPDX-License-Identifier: Apache-2.0
// Response times of the last day from the journal, and how many promises were kept.

import { call } from "../web/js/api.js";
import { span } from "../web/js/ages.js";
import { now } from "../web/js/clock.js";
import { h, state } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const DAY_MS = 86_400_000;

const title = (name, at) => h("th", { scope: "col", class: at ? "num" : null }, word(`figure_${name}`));
const cell = (text) => h("td", { class: "num" }, text);
const seconds = (value) => cell(value === null || value === undefined ? "–" : span(value));
const table = (titles, rows) => h("table", { class: "table table--figures" }, h("thead", {}, h("tr", {}, ...titles.map(title))), h("tbody", {}, ...rows));

function measured({ measures, figures }) {
  const all = new Map(figures.filter(({ by }) => by === "all").map((figure) => [figure.measure, figure]));
  const row = ({ code, name, meaning }) => {
    const { count = 0, median_s: median, p90_s: p90 } = all.get(code) ?? {};
    return h("tr", { title: meaning }, h("th", { scope: "row" }, name), cell(String(count)), seconds(median), seconds(p90));
  };
  return table(["measure", "count", "median", "p90"], measures.map(row));
}

function promised({ measures, shares }) {
  const names = new Map(measures.map(({ code, name }) => [code, name]));
  const row = (share) => {
    const name = [names.get(share.measure) ?? share.measure, share.scope === "*" ? "" : word(`agency_${share.scope}`), word("figure_priorities", { priorities: share.priorities.replace(/^(\d)-\1$/, "$1") })];
    const kept = word("figure_percent", { percent: Math.round(share.percent) });
    return h(
      "tr",
      { title: share.source },
      h("th", { scope: "row" }, name.filter(Boolean).join(" · ")),
      cell(span(share.within_s)),
      cell(word("figure_percent", { percent: share.wanted_percent })),
      h("td", { class: "num" }, state(kept, share.reached ? "" : "alarm", share.reached ? "quiet" : "late")),
    );
  };
  const shown = shares.filter(({ count }) => count);
  return shown.length ? table(["promise", "within", "wanted", "kept"], shown.map(row)) : null;
}

// Draw the figures of the last day into `place`; where they cannot be had, say so.
export async function drawFigures(place) {
  const since = new Date(now() - DAY_MS).toISOString();
  const found = await call("GET", `/api/figures?since=${since}`, undefined, { quiet: true }).catch(() => null);
  if (!found?.cases) place.replaceChildren(h("p", { class: "empty" }, word("no_figures")));
  else place.replaceChildren(...[measured(found), promised(found)].filter(Boolean));
}
