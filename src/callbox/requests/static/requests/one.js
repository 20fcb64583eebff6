// SPDX-License-Identifier: Apache-2.0
// The page of one request: its pictures, and where it is.

import { drawPictures } from "../pictures/show.js";
import { openMap } from "../web/js/map.js";

const said = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

document.getElementById("pictures")?.replaceChildren(drawPictures(said("picture-rows")));
const [panel, point] = [document.getElementById("map"), said("point")];
if (panel && point) {
  const map = openMap(panel);
  map.setPin(point.lon, point.lat);
  map.show(point.lon, point.lat, { zoom: 15 });
}
