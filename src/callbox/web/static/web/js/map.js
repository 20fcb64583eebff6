// SPDX-License-Identifier: Apache-2.0
// The city's map. A page says what is where; the map shows it and tells what was pressed:
//   "map:select" {kind: "unit" | "incident" | "station", id}   "map:click" {lon, lat} on an empty place

import { AttributionControl, Map as Atlas, NavigationControl, ScaleControl, addProtocol } from "../../vendor/maplibre-gl.mjs";
import { Protocol } from "../../vendor/pmtiles.js";
import { addLayers, collection, point, pressable } from "./map-layers.js";
import { Walk } from "./map-walk.js";
import { addMarks, unitStates } from "./map-marks.js";
import { Motion } from "./map-motion.js";
import { cityStyle } from "./map-style.js";
import { word } from "./words.js";

const KINDS = { units: "unit", incidents: "incident", stations: "station" };
const EASE_MS = 300;
const EDGE = 0.08; // share of the map's size that counts as its edge
const CLOSE = 15;
const still = matchMedia("(prefers-reduced-motion: reduce)");
addProtocol("pmtiles", new Protocol({ metadata: false }).tile);

const flag = (value) => (value ? 1 : 0);

class CityMap {
  constructor(panel) {
    this.panel = panel;
    this.things = { unit: new Map(), incident: new Map(), station: new Map() };
    this.routes = new Map();
    this.selected = null;
    this.motion = new Motion(() => this.#draw("units"));
    this.ready = this.#open().catch((fault) => this.#fail(fault));
  }

  // units: [{id, callsign, state, lon, lat, heading, stale, alarm, stateLabel}]; state: see map-marks.js.
  setUnits(units) {
    this.things.unit = new Map(units.map((unit) => [unit.id, { ...unit }]));
    this.#draw("units");
  }

  // Change one unit; a new place is glided to. Unknown units are added.
  moveUnit(unit) {
    const known = this.things.unit.get(unit.id);
    if (!known) {
      this.things.unit.set(unit.id, { ...unit });
      this.#draw("units");
      return;
    }
    const { lon = known.lon, lat = known.lat, ...rest } = unit;
    Object.assign(known, rest);
    this.motion.move(known, lon, lat, this.#sees(lon, lat) || this.#sees(known.lon, known.lat));
  }

  // incidents: [{id, number, priority, lon, lat, late}]
  setIncidents(incidents) {
    this.things.incident = new Map(incidents.map((incident) => [incident.id, { ...incident }]));
    this.#draw("incidents");
  }

  // stations: [{id, name, lon, lat}]
  setStations(stations) {
    this.things.station = new Map(stations.map((station) => [station.id, { ...station }]));
    this.#draw("stations");
  }

  // coordinates: [[lon, lat], ...], or null to take the route away. kind: "offered" (dotted) or "driven".
  setRoute(id, coordinates, kind = "driven") {
    if (coordinates?.length) this.routes.set(id, { coordinates, kind });
    else this.routes.delete(id);
    this.#draw("routes");
  }

  clearRoutes() {
    this.routes.clear();
    this.#draw("routes");
  }

  // The place that is being located; null takes it away.
  setPin(lon, lat) {
    this.pin = lon === null || lon === undefined ? null : [lon, lat];
    this.#draw("pin");
  }

  // Ring what is selected elsewhere, and bring it into view when it is not.
  select(kind, id, { show = true } = {}) {
    this.selected = id === null || id === undefined ? null : { kind, id };
    this.#draw("selection");
    const thing = this.#selectedThing();
    if (thing && show) this.show(thing.lon, thing.lat);
  }

  // Bring a place into view; the map stays where it is when the place is in view already.
  show(lon, lat, { zoom } = {}) {
    if (!this.map || (this.#sees(lon, lat, EDGE) && !zoom)) return;
    this.#go({ center: [lon, lat], zoom: zoom ?? Math.max(this.map.getZoom(), CLOSE - 1) });
  }

  // Bring all of these [lon, lat] into view.
  showAll(places) {
    if (!this.map || !places.length) return;
    const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
    const bounds = [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
    this.map.fitBounds(bounds, { padding: 60, maxZoom: CLOSE, animate: !still.matches, duration: EASE_MS, linear: true });
  }

  // Everything that can be stepped to, for map-walk.js: [{kind, id, lon, lat, text}].
  inView() {
    const named = ([kind, things]) => [...things.values()].map((thing) => ({ ...thing, kind, text: this.#say(kind, thing) }));
    return Object.entries(this.things).flatMap(named).filter(({ lon, lat }) => this.#sees(lon, lat));
  }

  press(kind, id) {
    this.select(kind, id, { show: false });
    this.#tell("map:select", { kind, id });
  }

  async #open() {
    const { tiles, bounds } = this.panel.dataset;
    const corners = bounds ? bounds.split(",").map(Number) : undefined;
    const map = new Atlas({
      container: this.panel.querySelector(".map-canvas"),
      style: cityStyle(tiles, document.documentElement.lang, word("map_credit")),
      bounds: corners,
      fitBoundsOptions: { padding: 20 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      minZoom: 8,
      fadeDuration: 0,
      locale: { "Map.Title": word("map"), "NavigationControl.ZoomIn": word("zoom_in"), "NavigationControl.ZoomOut": word("zoom_out") },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-right");
    map.addControl(new AttributionControl({ compact: false }), "bottom-right");
    await map.once("load");
    addMarks(map);
    addLayers(map);
    this.map = map;
    for (const source of ["routes", "stations", "units", "incidents", "pin", "selection"]) this.#draw(source);
    map.on("click", (event) => this.#click(event));
    this.walk = new Walk(this, map.getCanvas(), this.panel.querySelector('[role="status"]'));
    this.panel.dataset.ready = "";
    return this;
  }

  #fail(fault) {
    const note = this.panel.querySelector(".map-fault");
    note.textContent = word("map_failed");
    note.hidden = false;
    console.error(fault);
    return this;
  }

  #features(source) {
    const all = (kind, shape) => [...this.things[kind].values()].filter((thing) => Number.isFinite(thing.lon)).map(shape);
    const shapes = {
      units: () => all("unit", (unit) => point(unit.lon, unit.lat, this.#unitProperties(unit))),
      incidents: () => all("incident", (one) => point(one.lon, one.lat, { id: one.id, label: String(one.number ?? ""), priority: one.priority ?? 0, late: flag(one.late) })),
      stations: () => all("station", (one) => point(one.lon, one.lat, { id: one.id, label: one.name })),
      routes: () => [...this.routes.values()].map(({ coordinates, kind }) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: { kind } })),
      pin: () => (this.pin ? [point(...this.pin, {})] : []),
      selection: () => [this.#selectedThing()].filter(Boolean).map(({ lon, lat }) => point(lon, lat, {})),
    };
    return shapes[source]();
  }

  #unitProperties(unit) {
    const state = unitStates.includes(unit.state) ? unit.state : "unavailable";
    const label = unit.stale ? `${unit.callsign} ?` : unit.callsign;
    const rank = state === "unavailable" ? 0 : 1;
    return { id: unit.id, label, state, heading: unit.heading ?? 0, stale: flag(unit.stale), alarm: flag(unit.alarm), rank };
  }

  #draw(source) {
    this.map?.getSource(source).setData(collection(this.#features(source)));
    if (source !== "selection" && this.selected && `${this.selected.kind}s` === source) this.#draw("selection");
  }

  #selectedThing() {
    return this.selected ? this.things[this.selected.kind]?.get(this.selected.id) : null;
  }

  #sees(lon, lat, edge = 0) {
    if (!this.map || !Number.isFinite(lon)) return false;
    const { x, y } = this.map.project([lon, lat]);
    const { clientWidth: width, clientHeight: height } = this.map.getCanvas();
    return x >= width * edge && x <= width * (1 - edge) && y >= height * edge && y <= height * (1 - edge);
  }

  #go(view) {
    if (still.matches) this.map.jumpTo(view);
    else this.map.easeTo({ ...view, duration: EASE_MS });
  }

  async #click({ point: at, lngLat }) {
    const box = [[at.x - 8, at.y - 8], [at.x + 8, at.y + 8]];
    const found = this.map.queryRenderedFeatures(box, { layers: pressable });
    const hit = found.sort((a, b) => pressable.indexOf(a.layer.id) - pressable.indexOf(b.layer.id))[0];
    if (!hit) this.#tell("map:click", { lon: lngLat.lng, lat: lngLat.lat });
    else if (hit.properties.cluster) await this.#openCluster(hit);
    else this.press(KINDS[hit.layer.id], hit.properties.id);
  }

  async #openCluster(hit) {
    const zoom = await this.map.getSource(hit.source).getClusterExpansionZoom(hit.properties.cluster_id);
    this.#go({ center: hit.geometry.coordinates, zoom });
  }

  #say(kind, thing) {
    if (kind === "unit") return word("map_unit", { name: thing.callsign, state: thing.stateLabel ?? thing.state });
    if (kind === "incident") return word("map_incident", { name: thing.number, priority: thing.priority });
    return word("map_station", { name: thing.name });
  }

  #tell(name, detail) {
    this.panel.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

// Make the map of a panel ({% city_map %}). Its methods may be called at once; `ready` settles when it is drawn.
export function openMap(panel) {
  return new CityMap(panel);
}
