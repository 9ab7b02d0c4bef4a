// A million findings: how long a person waits (p95 of each interaction), and what the browser holds after 500 page changes.
//   node bench/million.mjs ../build/release/vonggac [FINDINGS] [OUT.json] [LARGE_NODE ARCHIVE]
// Findings are made the real way: one log line each, sent by HTTP, through the pipeline. With the program bench_large_node and an
// archive of bench_archive_copy (on the file system of the temporary folder) there are that archive's events as well, and it is
// searched. Times are from the key or click to
// the drawn answer in headless Chromium on this machine.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const program = process.argv[2];
const FINDINGS = Number(process.argv[3] ?? 1_000_000);
const PASSWORD = "một câu dài dễ nhớ của người trực";
const BATCH = 20_000;
const CHANGES = 500;
const ROUNDS = 40;

const data = mkdtempSync(join(tmpdir(), "vonggac-bench-"));
const LISTENS = /(https?:\/\/[^\s"/]+)/;
const FIRST_RUN = /(https?:\/\/[^\s"]+)\/ui\/first-run\?link=([^\s"]+)/;
// The archive's segments of 92,593 events stay as they are: joining them is days' work that would be done in a minute here.
const settings = join(data, "vonggac.toml");
writeFileSync(settings, "[archive]\nsegment_events = 100000\n");
const start = (expected) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ["serve", "--config", settings, "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
    let told = "";
    const hear = (piece) => {
      told += piece;
      const found = expected.exec(told);
      if (found) resolve({ child, found });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(told)));
  });
const json = { "Content-Type": "application/json" };
let { child, found } = await start(FIRST_RUN);
await fetch(`${found[1]}/api/v1/first-run`, { method: "POST", headers: json, body: JSON.stringify({ link: decodeURIComponent(found[2]), password: PASSWORD }) });
let past = 0;
if (process.argv[6]) {
  const ended = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  await ended;
  past = Number.parseInt(execFileSync(process.argv[5], [data, process.argv[6]], { encoding: "utf8" }), 10);
  ({ child, found } = await start(LISTENS));
}
const origin = found[1];
const session = await fetch(`${origin}/api/v1/session`, { method: "POST", headers: json, body: JSON.stringify({ name: "admin", password: PASSWORD }) });
const headers = { ...json, Cookie: session.headers.get("set-cookie").split(";")[0], "X-CSRF-Token": (await session.json()).csrf };
const post = async (path, body) => (await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
const get = async (path) => (await fetch(origin + path, { headers })).json();
await post("/api/v1/sources", { name: "web-01" });
const { token } = await post("/api/v1/tokens", { role: "ingest", source: "web-01" });

const seeded = Date.now();
for (let from = 0; from < FINDINGS; from += BATCH) {
  let lines = "";
  for (let at = from; at < Math.min(FINDINGS, from + BATCH); at += 1)
    lines += `<38>1 ${new Date(Date.now() - (at % 86_400) * 1000).toISOString()} host-${at} sshd 4471 - - Accepted password for root from 203.0.113.46 port 40222 ssh2\n`;
  for (;;) {
    const answer = await fetch(`${origin}/ingest/raw`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: lines });
    if (answer.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  process.stderr.write(`\rsent ${Math.min(FINDINGS, from + BATCH)}`);
}
for (;;) {
  const { count } = await get("/api/v1/findings/count");
  process.stderr.write(`\rfindings ${count}   `);
  if (count >= FINDINGS) break;
  await new Promise((resolve) => setTimeout(resolve, 2000));
}
const seedSeconds = (Date.now() - seeded) / 1000;
process.stderr.write("\n");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
});
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
page.setDefaultTimeout(60_000);
await page.goto(`${origin}/ui/`);
await page.fill("input[name=name]", "admin");
await page.fill("input[name=password]", PASSWORD);
await page.click("button[type=submit]");
await page.waitForSelector(".q .r");
const times = {};
// From the call to two frames after the answer stands.
const timed = async (name, act, stands) => {
  const start = performance.now();
  await act();
  await page.waitForFunction(stands);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      }),
  );
  (times[name] ??= []).push(performance.now() - start);
};
const rows = () => document.querySelectorAll(".grid-row").length > 5;
for (let round = 0; round < ROUNDS; round += 1) {
  await timed("open Findings", () => page.click("nav.nav a[href='/ui/findings']"), rows);
  await timed(
    "move one row (J)",
    () => page.keyboard.press("j"),
    () => document.querySelector(".grid-row.at") !== null,
  );
  await timed(
    "scroll 200 rows on",
    () =>
      page.evaluate(() => {
        const main = document.querySelector("main");
        main.dataset.seen = document.querySelector(".grid-row:last-child")?.getAttribute("aria-rowindex") ?? "";
        main.scrollBy(0, 9000);
      }),
    () => Number(document.querySelector(".grid-row:last-child")?.getAttribute("aria-rowindex") ?? 0) > Number(document.querySelector("main").dataset.seen) + 100,
  );
  await timed(
    "filter by level",
    () => page.selectOption("select[name=level]", "high"),
    () => location.search.includes("level=high") && document.querySelectorAll(".grid-row").length > 5,
  );
  await timed(
    "filter by state",
    () => page.selectOption("select[name=state]", "new"),
    () => location.search.includes("state=new") && document.querySelectorAll(".grid-row").length > 5,
  );
  await timed(
    "open a finding",
    () =>
      page.evaluate(() => {
        document.querySelectorAll(".grid-row a")[3]?.click();
      }),
    () => [...document.querySelectorAll("h2")].some((one) => one.id === "why") && document.querySelectorAll("tbody tr").length > 3,
  );
  await timed("back to the list", () => page.goBack(), rows);
  await timed(
    "palette, three letters",
    async () => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("quan");
    },
    () => document.querySelectorAll("[role=option]").length > 0,
  );
  await page.keyboard.press("Escape");
  await timed(
    "open Now",
    () => page.click("nav.nav a[href='/ui/']"),
    () => document.querySelectorAll(".q .r").length > 2,
  );
}
for (let round = 0; round < 5; round += 1) {
  await page.goto(`${origin}/ui/findings`);
  await page.waitForFunction(rows);
  await timed(
    "group a million by rule",
    () => page.selectOption("select[name=by]", "rule"),
    () => document.querySelectorAll("tbody tr").length > 0,
  );
  await timed(
    "group a million by entity",
    () => page.selectOption("select[name=by]", "entity"),
    () => document.querySelectorAll("tbody tr").length > 100,
  );
}
if (past) {
  // The whole span of that archive; a time is from Enter to the drawn events, and to the number of all.
  const manifest = readFileSync(join(process.argv[6], "manifest"), "utf8");
  const spans = [...manifest.matchAll(/"occurred":\[(\d+),(\d+)\]/g)];
  const at = (micros) => new Date(micros / 1000).toISOString();
  const [from, to] = [at(Math.min(...spans.map((one) => Number(one[1])))), at(Math.max(...spans.map((one) => Number(one[2]))))];
  for (let round = 0; round < 5; round += 1) {
    for (const question of ["", "event.code:4688", "powershell", "source.ip:172.18.39.0/24", "event.code:4624 user.name:SYSTEM", "mimikatz"]) {
      await page.goto(`${origin}/ui/search?q=zzqqnotthere&from=${from}&to=${to}`);
      await page.waitForFunction(() => document.querySelector("[data-testid=total]")?.textContent.trim().startsWith("0"));
      const line = page.locator("[data-testid=query]");
      await line.fill(question);
      await timed(
        `search: ${question || "everything"}`,
        () => page.keyboard.press("Enter"),
        () => document.querySelectorAll(".rowgroup .erow").length > 5,
      );
    }
  }
}
const server = {};
for (const path of ["/api/v1/findings?limit=200", "/api/v1/findings/count", "/api/v1/findings/count?state=new&level=high&muted=false", "/api/v1/findings?entity=host%3Ahost-77&limit=5"]) {
  const took = [];
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    await get(path);
    took.push(performance.now() - start);
  }
  took.sort((one, other) => one - other);
  server[path] = Math.round(took[18]);
}

// Memory: the heap after a collection, before and after 500 changes of page, and again in the middle.
const client = await page.context().newCDPSession(page);
const heap = async () => {
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  const { nodes } = await client.send("Memory.getDOMCounters");
  return { heap_mb: Number((usedSize / 1e6).toFixed(1)), nodes };
};
const PAGES = ["/ui/findings", "/ui/sources", "/ui/administration", "/ui/search", "/ui/"];
await page.goto(`${origin}/ui/`);
for (let turn = 0; turn < 25; turn += 1) {
  await page.click(`nav.nav a[href='${PAGES[turn % 5]}']`);
  await page.waitForTimeout(60);
}
const memory = { "after 25": await heap() };
for (let turn = 25; turn < CHANGES; turn += 1) {
  await page.click(`nav.nav a[href='${PAGES[turn % 5]}']`);
  await page.waitForTimeout(60);
  if (turn === 250) memory["after 250"] = await heap();
}
memory[`after ${CHANGES}`] = await heap();

const result = {
  seed_seconds: Math.round(seedSeconds),
  findings: FINDINGS,
  rounds: ROUNDS,
  p50_ms: {},
  p95_ms: {},
  server_p95_ms: server,
  memory,
  resident_mb: Math.round(Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)])) / 1000),
};
for (const [name, all] of Object.entries(times)) {
  all.sort((one, other) => one - other);
  result.p50_ms[name] = Math.round(all[Math.floor(all.length / 2)]);
  result.p95_ms[name] = Math.round(all[Math.min(all.length - 1, Math.floor(all.length * 0.95))]);
}
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const report = {
  name: "console",
  time: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, memory_gb: Number((totalmem() / 1e9).toFixed(1)), kernel: release(), commit },
  load: { findings: FINDINGS, past_events: past },
  result,
};
console.log(JSON.stringify(report, null, 1));
if (process.argv[4]) writeFileSync(process.argv[4], `${JSON.stringify(report, null, 1)}\n`);
await browser.close();
child.kill("SIGTERM");
child.on("exit", () => {
  rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  process.exit(0);
});
