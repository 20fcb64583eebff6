// SPDX-License-Identifier: Apache-2.0
// Opens the crew's page without network: page and files as last fetched, and those parts of the map that were seen.
// Data and presses never pass through here. The server puts `self.CREW` (version, page, files) before this text.

const { version, page, files } = self.CREW;
const PAGES = "callbox-crew-page";
const FILES = `callbox-crew-files-${version}`;
const TILES = "callbox-crew-tiles";
const MOST_TILES = 400;
const PATIENCE_MS = 2500;
const SLOW_MS = 30000;
let slowUntil = 0;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepAll());
});

async function keepAll() {
  await (await caches.open(FILES)).addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
  const answer = await fetch(page, { credentials: "same-origin" });
  if (answer.ok && !answer.redirected) await (await caches.open(PAGES)).put(page, answer);
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("callbox-crew-files-") && name !== FILES) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === page && request.mode === "navigate") event.respondWith(fromNetwork(event, PAGES, page));
  else if (pathname.startsWith("/static/")) event.respondWith(fromNetwork(event, FILES, pathname));
  else if (pathname.startsWith("/map/") && request.headers.has("range")) event.respondWith(fromTiles(event));
});

// The network first, but not for long: a bad network is worse than none.
async function fromNetwork(event, name, key) {
  const cache = await caches.open(name);
  const kept = await cache.match(key);
  const asked = fetch(event.request);
  event.waitUntil(asked.then((answer) => keep(cache, key, answer.clone()), () => {}));
  if (!kept) return asked;
  if (Date.now() < slowUntil) return kept;
  try {
    const answer = await Promise.race([asked, tooSlow()]);
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
}

async function keep(cache, key, answer) {
  if (answer.ok && !answer.redirected && answer.type === "basic") await cache.put(key, answer);
}

function tooSlow() {
  return new Promise((_, reject) => {
    setTimeout(() => {
      slowUntil = Date.now() + SLOW_MS;
      reject(new Error("slow"));
    }, PATIENCE_MS);
  });
}

// A cache takes no partial answers: they are kept whole under an address of their own and given back as partial.
async function fromTiles(event) {
  const { request } = event;
  const cache = await caches.open(TILES);
  const key = `${request.url}?range=${encodeURIComponent(request.headers.get("range"))}`;
  const kept = await cache.match(key);
  if (kept) return new Response(kept.body, { status: 206, headers: kept.headers });
  const answer = await fetch(request);
  if (answer.status === 206) {
    const copy = answer.clone();
    event.waitUntil(keepTile(cache, key, new Response(copy.body, { status: 200, headers: copy.headers })));
  }
  return answer;
}

async function keepTile(cache, key, answer) {
  await cache.put(key, answer);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_TILES))) await cache.delete(old);
}
