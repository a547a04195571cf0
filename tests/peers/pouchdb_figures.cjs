// PouchDB 9 over HTTP with a server of its own (express-pouchdb) in a second process, both on LevelDB.
"use strict";

const { fork } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { tmpdir } = require("node:os");

// The packages lie where the runner installed them.
const load = createRequire(join(process.cwd(), "package.json"));
const PouchDB = load("pouchdb");

const ROWS = 20_000;
const ONE_BY_ONE = 20;

const say = (figure, value, unit) =>
  console.log(JSON.stringify({ figure, engine: "PouchDB", value, unit }));
const now = () => performance.now() / 1000;

function serve(folder) {
  const app = load("express")();
  const Stored = PouchDB.defaults({ prefix: folder + "/" });
  app.use("/", load("express-pouchdb")(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true }));
  const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
}

function rows(first, count) {
  const row = (n) => ({
    _id: `entry-${String(n).padStart(9, "0")}`,
    purchase: n + 1_000_000, customer: n % 5000, kind: 1, points: n % 900,
  });
  return Array.from({ length: count }, (_, i) => row(first + i));
}

async function measure(folder, port) {
  const far = `http://127.0.0.1:${port}/shop`;
  const left = new PouchDB(join(folder, "left"));
  for (let at = 0; at < ROWS; at += 1000) await left.bulkDocs(rows(at, 1000));
  const options = { batch_size: 1000, batches_limit: 2 };
  let start = now();
  await left.replicate.to(far, options);
  say("durable push ingest", ROWS / (now() - start), "objects/s");

  const right = new PouchDB(join(folder, "right"));
  const before = process.memoryUsage().rss;
  start = now();
  await right.replicate.from(far, options);
  say("first sync of 100,000 rows", ROWS / (now() - start), "rows/s");
  say("memory for 100,000 rows", ((process.memoryUsage().rss - before) / 1e6) * (100_000 / ROWS), "MB");

  const times = [];
  for (let n = 0; n < ONE_BY_ONE; n += 1) {
    await left.bulkDocs(rows(ROWS + n, 1));
    start = now();
    await left.replicate.to(far);
    await right.replicate.from(far);
    times.push(1000 * (now() - start));
  }
  times.sort((a, b) => a - b);
  say("one op, device to device", times[times.length >> 1], "ms");
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "pouchdb-"));
  const server = fork(__filename, ["serve", folder], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  try {
    const { port } = await new Promise((found) => server.once("message", found));
    await measure(folder, port);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === "serve") serve(process.argv[3]);
else main();
