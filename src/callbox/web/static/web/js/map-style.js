// SPDX-License-Identifier: Apache-2.0
// The look of the city: dark and quiet, from the tokens of the page. No glyph or sprite server: without `glyphs`
// MapLibre draws letters of any script from the fonts of this computer.

const FONTS = ["Segoe UI", "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];
const BY_SIZE = { motorway: 1, trunk: 1, primary: 2, secondary: 2, tertiary: 3, residential: 4, service: 4 };
// Width in pixels of each size of road at zoom 10, 13, 16 and 19.
const WIDTHS = { 1: [1, 2.5, 9, 30], 2: [0.6, 2, 8, 26], 3: [0.2, 1.3, 6, 20], 4: [0, 0.5, 4.5, 16] };

export function tokens(names, element = document.documentElement) {
  const style = getComputedStyle(element);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

const ROADS = [1, 2, 3, 4];
const COLOURS = [
  "map-ground", "map-water", "map-green", "map-area", "map-building", "map-road-casing",
  ...ROADS.map((size) => `map-road-${size}`), "map-label", "map-label-2", "map-halo",
];

function classesOf(size) {
  const classes = Object.keys(BY_SIZE).filter((name) => BY_SIZE[name] === size);
  return ["match", ["get", "class"], classes, true, size === 4 ? ["!", ["has", "class"]] : false];
}

function width(size, extra = 0) {
  const stops = [10, 13, 16, 19].flatMap((zoom, at) => [zoom, WIDTHS[size][at] + (WIDTHS[size][at] ? extra : 0)]);
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...stops];
}

function road(size, casing, colour) {
  return {
    id: `road-${size}${casing ? "-casing" : ""}`,
    type: "line",
    source: "city",
    "source-layer": "roads",
    filter: classesOf(size),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width(size, casing ? 2 : 0) },
    ...(casing ? { minzoom: 13 } : {}),
  };
}

function area(id, layer, colour, more = {}) {
  return { id, type: "fill", source: "city", "source-layer": layer, paint: { "fill-color": colour }, ...more };
}

// The local name always; in an English page the English name too, where it is another.
function nameFor(language) {
  const name = ["coalesce", ["get", "name"], ["get", "name_en"], ""];
  if (!language.startsWith("en")) return name;
  const other = ["all", ["has", "name_en"], ["!=", ["get", "name_en"], name]];
  return ["case", other, ["concat", name, "\n", ["get", "name_en"]], name];
}

function label(id, layer, colour, halo, layout, more = {}) {
  return {
    id,
    type: "symbol",
    source: "city",
    "source-layer": layer,
    layout: { "text-font": FONTS, "text-max-width": 8, ...layout },
    paint: { "text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4 },
    ...more,
  };
}

function labels(c, language) {
  const [text, halo] = [c["map-label-2"], c["map-halo"]];
  const name = nameFor(language);
  const streets = { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 11, "symbol-spacing": 350 };
  const main = ["any", ...[1, 2, 3].map(classesOf)];
  return [
    label("road-names-main", "roads", text, halo, streets, { minzoom: 13.5, filter: main }),
    label("road-names", "roads", text, halo, streets, { minzoom: 15.5, filter: classesOf(4) }),
    label("area-names", "area_names", text, halo, { "text-field": name, "text-size": 12, "text-letter-spacing": 0.08, "text-padding": 24 }, { minzoom: 11 }),
    label("house-numbers", "numbers", text, halo, { "text-field": ["get", "number"], "text-size": 10 }, { minzoom: 16.5 }),
    label("place-names", "places", c["map-label"], halo, { "text-field": name, "text-size": 12 }, { minzoom: 14 }),
  ];
}

function layers(c, language) {
  const areaLine = { "line-color": c["map-label-2"], "line-width": 0.8, "line-dasharray": [4, 4], "line-opacity": 0.5 };
  return [
    area("green", "green", c["map-green"]),
    area("water", "water", c["map-water"]),
    area("buildings", "buildings", c["map-building"], { minzoom: 14 }),
    { id: "area-lines", type: "line", source: "city", "source-layer": "areas", paint: areaLine },
    ...[...ROADS].reverse().map((size) => road(size, true, c["map-road-casing"])),
    ...[...ROADS].reverse().map((size) => road(size, false, c[`map-road-${size}`])),
    ...labels(c, language),
  ];
}

// A style of MapLibre for a city's tiles; with no tiles an empty ground.
export function cityStyle(tiles, language, credit) {
  const c = tokens(COLOURS);
  const ground = { id: "ground", type: "background", paint: { "background-color": c["map-ground"] } };
  if (!tiles) return { version: 8, sources: {}, layers: [ground] };
  const city = { type: "vector", url: `pmtiles://${new URL(tiles, location.href)}`, attribution: credit };
  return { version: 8, sources: { city }, layers: [ground, ...layers(c, language)] };
}

export const fonts = FONTS;
