// SPDX-License-Identifier: Apache-2.0
// What every page runs.

import "./ages.js";
import "./confirm.js";
import "./combobox.js";
import "./forms.js";
import "./keys.js";
import "./palette.js";
import { startStream } from "./stream.js";

if (document.body.hasAttribute("data-live-page")) startStream();
