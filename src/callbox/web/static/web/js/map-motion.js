// SPDX-License-Identifier: Apache-2.0
// Units glide from where they were last reported to where they are now: a jump would have to be searched for.
// Where the person asked for less motion, and where nobody would see it, they jump.

const GLIDE_MS = 1000;
const FRAME_MS = 66;
const SHARE = 6; // with very many units a drawing may take long: it gets at most this part of the time
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Motion {
  // draw(): called when positions changed, at most about 15 times a second and never while nothing moves.
  constructor(draw) {
    this.draw = draw;
    this.moving = new Map();
    this.shown = 0;
    this.wait = FRAME_MS;
  }

  // Let `unit` (an object with lon and lat) go to a place; at once when visible is false.
  move(unit, lon, lat, visible) {
    if (!visible || still.matches || document.hidden) {
      this.moving.delete(unit.id);
      Object.assign(unit, { lon, lat });
      this.#schedule();
      return;
    }
    this.moving.set(unit.id, { unit, from: [unit.lon, unit.lat], to: [lon, lat], began: performance.now() });
    this.#schedule();
  }

  #schedule() {
    this.frame ??= requestAnimationFrame((at) => this.#step(at));
  }

  #step(at) {
    this.frame = undefined;
    if (at - this.shown >= this.wait || !this.moving.size) {
      for (const [id, glide] of this.moving) this.#advance(id, glide, at);
      this.shown = at;
      const began = performance.now();
      this.draw();
      this.wait = Math.max(FRAME_MS, SHARE * (performance.now() - began));
    }
    if (this.moving.size) this.#schedule();
  }

  #advance(id, { unit, from, to, began }, at) {
    const done = Math.min(1, Math.max(0, (at - began) / GLIDE_MS));
    unit.lon = from[0] + (to[0] - from[0]) * done;
    unit.lat = from[1] + (to[1] - from[1]) * done;
    if (done === 1) this.moving.delete(id);
  }
}
