// SPDX-License-Identifier: Apache-2.0
// The form that takes a hand-over on.

import { followCategory } from "./category.js";

followCategory(document.getElementById("take-over"));
