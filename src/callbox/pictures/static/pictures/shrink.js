// SPDX-License-Identifier: Apache-2.0
// Makes a picture small before it is sent: less to carry over a thin line, and its place stays on the phone. What this
// browser cannot read is sent as it is, and the server says what it makes of it.

const EDGE = 1600; // as large as the server keeps one
const QUALITY = 0.85;

export async function shrunk(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const ink = canvas.getContext("2d", { alpha: false });
    ink.fillStyle = "white";
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file;
  }
}
