// The rows of formats_source.py once more: Node reads no Parquet, so it makes them itself, which costs it less.
"use strict";

const { Writable } = require("node:stream");
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

const NAMES = ["id", "day", "at", "customer", "city", "note", "quantity", "amount", "ratio", "active"];
const CITIES = [
  "Amsterdam", "Berlin", "Buenos Aires", "Cairo", "København", "Lagos", "Lima", "Mumbai", "Paris", "Tokyo",
  "Washington, D.C.", 'Winston "Salem"',
];
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2020, 0, 1);
const FIRST_SECOND = Date.UTC(2024, 0, 1);

function row(n) {
  const mixed = (n * 48_271) % 2_147_483_647;
  return [
    1_000_000_000 + n,
    new Date(FIRST_DAY + (n % 1461) * DAY_MS),
    new Date(FIRST_SECOND + ((n * 7) % 31_536_000) * 1000),
    `Customer ${mixed % 100_000}`,
    CITIES[mixed % CITIES.length],
    n % 10 > 0 ? `Delivered at gate ${mixed % 50} & signed for by clerk ${mixed % 9973}` : null,
    mixed % 1000,
    (mixed % 100_000_000) / 100,
    mixed / 7,
    mixed % 3 === 0,
  ];
}

class HashingSink extends Writable {
  sizeBytes = 0;
  hash = createHash("sha256");

  _write(chunk, _encoding, done) {
    this.hash.update(chunk);
    this.sizeBytes += chunk.length;
    done();
  }
}

// As peers/run.py says it; VmHWM is the most memory this process ever held.
function tell(rows, beganMs, sink) {
  const [, peakKib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  const seconds = (performance.now() - beganMs) / 1000;
  const told = { rows, seconds, size_bytes: sink.sizeBytes, peak_mb: (Number(peakKib) * 1024) / 1e6 };
  process.stdout.write(JSON.stringify(told) + "\n");
}

module.exports = { NAMES, row, HashingSink, tell };
