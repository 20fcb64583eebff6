// SPDX-License-Identifier: Apache-2.0
// What stays on the phone when the page is closed: presses in their order, and the last answer of the server.
// IndexedDB; where there is none (private windows, old phones) localStorage; without either, memory only.

const NAME = "callbox-crew";
const KEEP_DONE = 20;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("messages", { keyPath: "number", autoIncrement: true });
    request.result.createObjectStore("kept");
  };
  return asked(request);
}

class Database {
  constructor(database) {
    this.database = database;
    this.lasting = true;
  }

  // The number of a message is its order on this phone, also between two open pages.
  add = (message) => this.#write("messages", (store) => store.add(message));
  put = (message) => this.#write("messages", (store) => store.put(message));
  drop = (number) => this.#write("messages", (store) => store.delete(number));
  all = () => asked(this.database.transaction("messages").objectStore("messages").getAll());
  keep = (name, value) => this.#write("kept", (store) => store.put(value, name));
  kept = (name) => asked(this.database.transaction("kept").objectStore("kept").get(name));
  forget = () => this.#write("kept", (store) => store.clear());

  #write(name, change) {
    return new Promise((resolve, reject) => {
      const work = this.database.transaction(name, "readwrite", { durability: "strict" });
      const request = change(work.objectStore(name));
      work.oncomplete = () => resolve(request.result);
      work.onabort = () => reject(work.error);
    });
  }
}

class Plain {
  constructor(storage) {
    this.storage = storage;
    this.lasting = storage instanceof Storage;
  }

  async add(message) {
    const number = 1 + Number(this.storage.getItem(`${NAME}.last`) ?? 0);
    this.storage.setItem(`${NAME}.last`, String(number));
    await this.put({ ...message, number });
    return number;
  }

  async put(message) {
    this.#messages([...(await this.all()).filter(({ number }) => number !== message.number), message]);
  }

  async drop(gone) {
    this.#messages((await this.all()).filter(({ number }) => number !== gone));
  }

  all = async () => JSON.parse(this.storage.getItem(`${NAME}.messages`) ?? "[]");
  keep = async (name, value) => this.storage.setItem(`${NAME}.kept.${name}`, JSON.stringify(value));
  kept = async (name) => JSON.parse(this.storage.getItem(`${NAME}.kept.${name}`) ?? "null") ?? undefined;

  async forget() {
    for (const name of Object.keys(this.storage)) {
      if (name.startsWith(`${NAME}.kept.`)) this.storage.removeItem(name);
    }
  }

  #messages(messages) {
    const sorted = [...messages].sort((a, b) => a.number - b.number);
    this.storage.setItem(`${NAME}.messages`, JSON.stringify(sorted));
  }
}

class Memory {
  getItem = (name) => this[`_${name}`] ?? null;
  setItem = (name, value) => void (this[`_${name}`] = value);
  removeItem = (name) => void delete this[`_${name}`];
}

async function open() {
  try {
    return new Database(await openDatabase());
  } catch {
    // No IndexedDB here: the next best.
  }
  try {
    localStorage.setItem(`${NAME}.probe`, "1");
    localStorage.removeItem(`${NAME}.probe`);
    return new Plain(localStorage);
  } catch {
    return new Plain(new Memory());
  }
}

export const store = await open();
navigator.storage?.persist?.().catch(() => {});

// Forget the oldest of what is dealt with; what waits is never dropped.
export async function tidy() {
  const done = (await store.all()).filter(({ state }) => state !== "waiting");
  for (const { number } of done.slice(0, -KEEP_DONE)) await store.drop(number);
}
