// SPDX-License-Identifier: Apache-2.0
// Asking the server. A refusal (RFC 9457) is said in the status line and thrown as a Problem.

import { clockTime } from "./clock.js";
import { say } from "./status.js";
import { word } from "./words.js";

const MOMENT = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g; // people read the time of day

export class Problem extends Error {
  // status: the HTTP status, 0 when nobody answered. fields: name -> message.
  constructor(status, detail, fields = {}) {
    super(detail);
    this.status = status;
    this.fields = fields;
  }
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

// What a problem body says, in words and by field.
export function problemOf(status, body) {
  const fields = {};
  for (const { field, detail } of body?.errors ?? []) fields[field] = detail;
  const told = [body?.detail || body?.title || word("refused"), ...Object.values(fields)];
  return new Problem(status, told.join(" ").replace(MOMENT, (iso) => clockTime(iso)), fields);
}

async function answerOf(response) {
  if (response.status === 204) return null;
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw problemOf(response.status, body);
  return body;
}

// Send JSON, or a Blob as it is, and get JSON. options: quiet (say nothing), key (Idempotency-Key), more (headers), signal.
export async function call(method, path, body, { quiet = false, key, more = {}, signal } = {}) {
  const isBlob = body instanceof Blob;
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken(), ...more };
  if (body !== undefined) headers["Content-Type"] = isBlob ? body.type || "application/octet-stream" : "application/json";
  if (key) headers["Idempotency-Key"] = key;
  try {
    const sent = body === undefined || isBlob ? body : JSON.stringify(body);
    const response = await fetch(path, { method, headers, body: sent, signal, credentials: "same-origin" });
    return await answerOf(response);
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    const problem = fault instanceof Problem ? fault : new Problem(0, word("unreachable"));
    if (!quiet) say(problem.message, "wrong");
    throw problem;
  }
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}, options = {}) => call("POST", path, body, options);
