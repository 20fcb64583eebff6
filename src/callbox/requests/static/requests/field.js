// SPDX-License-Identifier: Apache-2.0
// A grid worker's picture: made smaller on the phone, sent as it is, told of in words.

import { shrunk } from "../pictures/shrink.js";
import { post } from "../web/js/api.js";
import { newId } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const input = document.getElementById("id_picture");
const told = document.getElementById("picture-told");

async function send() {
  const [file] = input.files;
  if (!file) return;
  told.textContent = word("picture_sending");
  try {
    await post(`${input.dataset.address}?picture=${newId()}`, await shrunk(file), { quiet: true });
    told.textContent = word("picture_sent");
  } catch (problem) {
    told.textContent = word("picture_refused", { why: problem.message });
  } finally {
    input.value = "";
  }
}

input.addEventListener("change", send);
send(); // one that was chosen before this script was there
