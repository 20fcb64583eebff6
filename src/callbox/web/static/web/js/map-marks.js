// SPDX-License-Identifier: Apache-2.0
// The marks on the map, drawn once each: the same shapes as in lists (c/sign.html, c/priority.html), so that the
// two read alike. Shape and weight tell them apart; colour only repeats what is late or wrong.

import { tokens } from "./map-style.js";

const SCALE = 2;
const PATHS = {
  circle: "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
  half: "M12 4a8 8 0 0 1 0 16z",
  slash: "M6.5 6.5l11 11",
  arrow: "M12 2l8 19-8-4-8 4z",
  square: "M4 4h16v16H4z",
  house: "M4 20V10l8-6 8 6v10z",
  octagon: "M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z",
  diamond: "M12 1l11 11-11 11L1 12z",
  box: "M3 3h18v18H3z",
  ring: "M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0z",
  pin: "M12 23s8-8.5 8-14a8 8 0 0 0-16 0c0 5.5 8 14 8 14z",
  warning: "M12 1l11 20H1z",
};
const UNITS = {
  available: [["circle", "ground", "mark"]],
  conditional: [["circle", "ground", "dashed"]],
  unavailable: [["circle", "ground", "mark2"], ["slash", "", "mark2"]],
  assigned: [["circle", "ground", "mark"], ["half", "mark", ""]],
  acknowledged: [["circle", "mark", "mark"]],
  en_route: [["arrow", "mark", "halo"]],
  on_scene: [["square", "mark", "halo"]],
};
const INCIDENTS = {
  1: ["octagon", "mark", "mark", "onMark"],
  2: ["diamond", "mark", "mark", "onMark"],
  3: ["box", "middle", "mark", "mark"],
  4: ["ring", "ground", "mark", "mark"],
  5: ["ring", "ground", "dashed", "mark"],
};

function colours() {
  const c = tokens(["map-mark", "map-mark-2", "map-on-mark", "map-halo", "selected", "map-ground", "late", "wrong", "on-late", "on-wrong"]);
  return {
    mark: c["map-mark"], mark2: c["map-mark-2"], onMark: c["map-on-mark"], halo: c["map-halo"], middle: c.selected,
    ground: c["map-ground"], late: c.late, wrong: c.wrong, onLate: c["on-late"], onWrong: c["on-wrong"],
  };
}

class Drawing {
  // size: pixels on the screen. rim: room round the 24 x 24 box for what is drawn outside it.
  constructor(size, rim = 2) {
    const scale = (size * SCALE) / (24 + 2 * rim);
    this.canvas = new OffscreenCanvas(size * SCALE, size * SCALE);
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.context.scale(scale, scale);
    this.context.translate(rim, rim);
    this.c = colours();
  }

  // One path of a 24 x 24 box: a dark rim first, so that a mark stands out from any ground.
  path(name, fill, line, width = 2) {
    const path = new Path2D(PATHS[name]);
    const { context } = this;
    if (fill) {
      this.#stroke(path, this.c.halo, width + 2);
      context.fillStyle = this.c[fill];
      context.fill(path);
    }
    context.setLineDash(line === "dashed" ? [3, 2.5] : []);
    if (line) this.#stroke(path, this.c[line === "dashed" ? "mark2" : line], width);
    context.setLineDash([]);
  }

  text(text, colour, y = 12, size = 13) {
    Object.assign(this.context, {
      font: `700 ${size}px ${tokens(["font"]).font}`, textAlign: "center", textBaseline: "middle", fillStyle: this.c[colour],
    });
    this.context.fillText(text, 12, y + 0.8);
  }

  image() {
    const { width, height } = this.canvas;
    return this.context.getImageData(0, 0, width, height);
  }

  #stroke(path, colour, width) {
    Object.assign(this.context, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
    this.context.stroke(path);
  }
}

function unitMark(state) {
  const drawing = new Drawing(state === "en_route" ? 30 : 26);
  for (const [name, fill, line] of UNITS[state]) drawing.path(name, fill, line);
  return drawing.image();
}

function incidentMark(priority, late) {
  const [shape, fill, line, text] = INCIDENTS[priority] ?? ["ring", "ground", "dashed", "mark"];
  const drawing = new Drawing(34, 5);
  if (late) drawing.path(shape, "late", "late", 10);
  drawing.path(shape, fill, line);
  drawing.text(String(priority || "?"), text);
  return drawing.image();
}

function plainMark(name, fill, line, text = "", textColour = "mark") {
  const drawing = new Drawing(26);
  drawing.path(name, fill, line);
  if (text) drawing.text(text, textColour, name === "warning" ? 14 : 9.5, 14);
  return drawing.image();
}

// Several units in one place: circles that overlap, so that it is no unit and no priority.
function stackMark() {
  const drawing = new Drawing(28);
  drawing.context.translate(-4, 2);
  drawing.path("circle", "ground", "mark2", 1.5);
  drawing.context.translate(4, -2);
  drawing.path("circle", "ground", "mark2", 1.5);
  drawing.context.translate(4, -2);
  drawing.path("circle", "ground", "mark", 2);
  return drawing.image();
}

// Give the map every mark it may need: unit-STATE, incident-PRIORITY, incident-PRIORITY-late, post, pin, alarm, cluster.
export function addMarks(map) {
  const add = (name, image) => map.hasImage(name) || map.addImage(name, image, { pixelRatio: SCALE });
  for (const state of Object.keys(UNITS)) add(`unit-${state}`, unitMark(state));
  for (const priority of [0, 1, 2, 3, 4, 5]) {
    add(`incident-${priority}`, incidentMark(priority, false));
    add(`incident-${priority}-late`, incidentMark(priority, true));
  }
  add("post", plainMark("house", "ground", "mark2"));
  add("pin", plainMark("pin", "mark", "halo", "", ""));
  add("alarm", plainMark("warning", "wrong", "wrong", "!", "onWrong"));
  add("cluster", stackMark());
}

export const unitStates = Object.keys(UNITS);
