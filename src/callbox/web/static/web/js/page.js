// SPDX-License-Identifier: Apache-2.0
// What every page runs.

import "./ages.js";
import "./confirm.js";
import "./combobox.js";
import "./forms.js";
import "./keys.js";
import "./palette.js";
import "./waiting.js";
import "./widenings.js";
import { startStream } from "./stream.js";

// A page that loads its rows first starts the stream itself, where they end: data-live-page="later".
if (document.body.dataset.livePage === "") startStream();
