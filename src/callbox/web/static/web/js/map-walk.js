// SPDX-License-Identifier: Apache-2.0
// The map without a mouse: N and P step through what is in view from its middle outwards, Enter presses it.

import { word } from "./words.js";

const STEPS = { n: 1, p: -1 };

export class Walk {
  constructor(map, canvas, told) {
    Object.assign(this, { map, told, canvas, current: null });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key.toLowerCase()];
    if (step) this.#step(step);
    else if (event.key === "Enter" && this.current) this.map.press(this.current.kind, this.current.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    const around = this.#outwards();
    if (!around.length) {
      this.told.textContent = word("map_none");
      return;
    }
    const at = around.findIndex(({ kind, id }) => kind === this.current?.kind && id === this.current?.id);
    const next = at < 0 && by < 0 ? around.length - 1 : (at + by + around.length) % around.length;
    this.current = around[next];
    this.map.select(this.current.kind, this.current.id, { show: false });
    this.told.textContent = this.current.text;
  }

  #outwards() {
    const { lng, lat } = this.map.map.getCenter();
    const distance = (thing) => Math.hypot((thing.lon - lng) * Math.cos((lat * Math.PI) / 180), thing.lat - lat);
    return this.map.inView().sort((a, b) => distance(a) - distance(b));
  }
}
