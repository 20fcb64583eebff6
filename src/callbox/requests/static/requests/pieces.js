// SPDX-License-Identifier: Apache-2.0
// A part of a page as the server has drawn it, its words escaped there. Parsed apart from this page: no script of it runs.

export function pieces(html) {
  return new DOMParser().parseFromString(`<template>${html}</template>`, "text/html").querySelector("template").content;
}
