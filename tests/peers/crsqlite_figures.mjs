// cr-sqlite as WebAssembly: only bytes are measured, which don't depend on how fast the engine runs.
// Its native build is fetched from a release page at install, or made with a nightly compiler of 2023.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

// The packages lie where the runner installed them; the browser's way to a file is fetch.
globalThis.fetch = async (url) =>
  new Response(readFileSync(fileURLToPath(String(url))), { headers: { "content-type": "application/wasm" } });
// A store that never answers: the database stays in memory.
globalThis.indexedDB = { open: () => new EventTarget() };
const load = createRequire(join(process.cwd(), "package.json"));
const entry = pathToFileURL(load.resolve("@vlcn.io/crsqlite-wasm"));
const { default: init } = await import(entry);

const OPS = 5000;
const PUSH = 50;
const say = (figure, value, unit) =>
  console.log(JSON.stringify({ figure, engine: "cr-sqlite (wasm)", value, unit }));

// The same mix as the other engines' (engines/src/load.rs).
const GIVEN = ["Олена", "Тарас", "Ірина", "Богдан", "Софія", "Андрій"];
const FAMILY = ["Коваль", "Шевченко", "Бондар", "Мельник", "Кравець", "Лисенко"];
const wide = (n) => BigInt.asUintN(64, n);
let drawn = 7n;
let next = 1;
const customers = [];
const draw = (below) => {
  drawn = wide(drawn + 0x9e3779b97f4a7c15n);
  const mixed = wide((drawn ^ (drawn >> 30n)) * 0xbf58476d1ce4e5b9n);
  return Number((mixed >> 33n) % BigInt(below));
};
const id = () => (next += 1);

function op() {
  const kind = customers.length === 0 ? 99 : draw(100);
  if (kind >= 95) {
    const customer = id();
    customers.push(customer);
    const phone = `+38067${String(draw(10_000_000)).padStart(7, "0")}`;
    return [["INSERT INTO customer VALUES (?, ?, ?, ?)", [customer, FAMILY[draw(6)], GIVEN[draw(6)], phone]]];
  }
  const customer = customers[draw(customers.length)];
  if (kind >= 85) return [["UPDATE customer SET given = ? WHERE id = ?", [GIVEN[draw(6)], customer]]];
  let total = 1000 + draw(50_000);
  if (kind >= 80) total = -total;
  const purchase = id();
  const rows = [["INSERT INTO purchase VALUES (?, ?, ?, ?, ?)",
    [purchase, customer, total, 20_775, 1_795_000_000_000 + purchase * 61_000]]];
  const put = (of, points) =>
    rows.push(["INSERT INTO entry VALUES (?, ?, ?, ?, ?)", [id(), purchase, customer, of, points]]);
  if (kind >= 70 && kind < 80) put(2, -Math.trunc(total / 50));
  put(1, Math.trunc(total / 20));
  return rows;
}

const db = await (await init()).open();
await db.exec(`CREATE TABLE customer (id INTEGER PRIMARY KEY NOT NULL, family TEXT, given TEXT, phone TEXT);
  CREATE TABLE purchase (id INTEGER PRIMARY KEY NOT NULL, customer INTEGER, total INTEGER, day INTEGER, at_ms INTEGER);
  CREATE INDEX purchase_customer ON purchase (customer);
  CREATE TABLE entry (id INTEGER PRIMARY KEY NOT NULL, purchase INTEGER, customer INTEGER, kind INTEGER, points INTEGER);
  CREATE INDEX entry_customer ON entry (customer);`);
for (const table of ["customer", "purchase", "entry"]) await db.exec(`SELECT crsql_as_crr('${table}')`);

let [entries, rows, wire, seen] = [0, 0, 0, 0];
for (let n = 1; n <= OPS; n += 1) {
  await db.exec("BEGIN");
  for (const [sql, values] of op()) {
    await db.exec(sql, values);
    entries += 1;
    rows += sql.startsWith("INSERT") ? 1 : 0;
  }
  await db.exec("COMMIT");
  if (n % PUSH) continue;
  const changes = await db.execA(
    `SELECT "table", hex(pk), cid, val, col_version, db_version, cl, seq FROM crsql_changes WHERE db_version > ?`, [seen]);
  seen = (await db.execA("SELECT crsql_db_version()"))[0][0];
  const packed = brotliCompressSync(JSON.stringify(changes), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  wire += packed.length;
}
say("wire up, mix, pushes of 50", wire / entries, "B/entry");
await db.exec("VACUUM");
const [[pages]] = await db.execA("PRAGMA page_count");
const [[size]] = await db.execA("PRAGMA page_size");
say("phone disk, mix", (pages * size) / rows, "B/row");
