// SPDX-License-Identifier: Apache-2.0
// What lies over the city: routes, posts, units, incidents, a pin, and the ring round what is selected.

import { fonts, tokens } from "./map-style.js";

const CLUSTER_UNTIL = 12;
const EMPTY = { type: "FeatureCollection", features: [] };

export function collection(features) {
  return { type: "FeatureCollection", features };
}

export function point(lon, lat, properties) {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

function sources() {
  const clustered = { type: "geojson", data: EMPTY, cluster: true, clusterMaxZoom: CLUSTER_UNTIL, clusterRadius: 30 };
  const top = { priority: ["min", ["get", "priority"]], late: ["max", ["get", "late"]] };
  return {
    routes: { type: "geojson", data: EMPTY },
    stations: { type: "geojson", data: EMPTY },
    units: clustered,
    incidents: { ...clustered, clusterProperties: top },
    pin: { type: "geojson", data: EMPTY },
    selection: { type: "geojson", data: EMPTY },
  };
}

function symbol(id, source, filter, layout, colours, more = {}) {
  const text = { "text-font": fonts, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true };
  return {
    id,
    type: "symbol",
    source,
    ...(filter ? { filter } : {}),
    layout: { ...text, "icon-allow-overlap": true, ...layout },
    paint: { "text-color": colours["map-label"], "text-halo-color": colours["map-halo"], "text-halo-width": 1.6, ...more.paint },
    ...(more.minzoom ? { minzoom: more.minzoom } : {}),
  };
}

function lines(colours) {
  const round = { "line-cap": "round", "line-join": "round" };
  const dash = ["case", ["==", ["get", "kind"], "offered"], ["literal", [0.6, 2]], ["literal", [1, 0]]];
  return [
    { id: "routes-casing", type: "line", source: "routes", layout: round, paint: { "line-color": colours["map-halo"], "line-width": 7 } },
    { id: "routes", type: "line", source: "routes", layout: round, paint: { "line-color": colours["map-mark"], "line-width": 3.5, "line-dasharray": dash } },
  ];
}

function ring(colours) {
  return {
    id: "selection",
    type: "circle",
    source: "selection",
    paint: {
      "circle-radius": 20,
      "circle-opacity": 0,
      "circle-stroke-width": 3,
      "circle-stroke-color": colours["map-mark"],
    },
  };
}

function units(colours) {
  const one = ["!", ["has", "point_count"]];
  const icon = ["case", ["==", ["get", "alarm"], 1], "alarm", ["concat", "unit-", ["get", "state"]]];
  const turned = ["case", ["==", ["get", "state"], "en_route"], ["coalesce", ["get", "heading"], 0], 0];
  const layout = {
    "icon-image": icon,
    "icon-rotate": turned,
    "icon-rotation-alignment": "map",
    "text-field": ["get", "label"],
    "symbol-sort-key": ["get", "rank"],
  };
  const faded = { "icon-opacity": ["case", ["==", ["get", "stale"], 1], 0.5, 1] };
  const many = { "icon-image": "cluster", "text-field": ["concat", "×", ["get", "point_count_abbreviated"]], "text-allow-overlap": true };
  return [
    symbol("unit-clusters", "units", ["has", "point_count"], many, colours),
    symbol("units", "units", one, layout, colours, { paint: faded }),
  ];
}

function incidents(colours) {
  const late = ["case", ["==", ["get", "late"], 1], "-late", ""];
  const image = ["concat", "incident-", ["to-string", ["get", "priority"]], late];
  const order = { "symbol-sort-key": ["-", 10, ["get", "priority"]] };
  const one = { "icon-image": image, "text-field": ["get", "label"], "text-offset": [0, 1.25], ...order };
  const many = { "icon-image": image, "text-field": ["concat", "×", ["get", "point_count_abbreviated"]], "text-allow-overlap": true, ...order };
  const strong = { paint: { "text-color": colours["map-mark"] } };
  return [
    symbol("incident-clusters", "incidents", ["has", "point_count"], many, colours, strong),
    symbol("incidents", "incidents", ["!", ["has", "point_count"]], one, colours, strong),
  ];
}

// Add the sources and layers to a loaded map, what matters most on top.
export function addLayers(map) {
  const colours = tokens(["map-mark", "map-mark-2", "map-label", "map-label-2", "map-halo"]);
  for (const [id, source] of Object.entries(sources())) map.addSource(id, source);
  const post = { "icon-image": "post", "text-field": ["step", ["zoom"], "", 13, ["get", "label"]], "text-size": 11 };
  const all = [
    ...lines(colours),
    symbol("stations", "stations", null, post, colours, { paint: { "text-color": colours["map-label-2"] } }),
    ring(colours),
    ...units(colours),
    ...incidents(colours),
    symbol("pin", "pin", null, { "icon-image": "pin", "icon-anchor": "bottom" }, colours),
  ];
  for (const layer of all) map.addLayer(layer);
}

// Layers whose marks can be pressed, those on top first.
export const pressable = ["incidents", "units", "incident-clusters", "unit-clusters", "stations"];
