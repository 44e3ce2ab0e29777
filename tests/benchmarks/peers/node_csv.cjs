// CSV by Node's own streams: a line, a write, and a wait when the stream asks for it.
"use strict";

const { once } = require("node:events");
const { finished } = require("node:stream/promises");
const { NAMES, row, HashingSink, tell } = require("./rows.cjs");

function cell(value) {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function main(rows) {
  const sink = new HashingSink();
  const beganMs = performance.now();
  sink.write(NAMES.join(",") + "\r\n");
  for (let n = 0; n < rows; n++) {
    if (!sink.write(row(n).map(cell).join(",") + "\r\n")) await once(sink, "drain");
  }
  sink.end();
  await finished(sink);
  tell(rows, beganMs, sink);
}

main(Number(process.argv[2]));
