// What the journeys share: the program on a free port, a browser that watches for trouble, axe, pictures, claims.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const here = new URL(".", import.meta.url).pathname;
export const program = process.argv[2] ?? join(here, "../../build/release/vonggac");
export const shots = process.env.CONSOLE_SHOTS ?? join(here, "../../build/console-shots");
export const PASSWORD = "một câu dài dễ nhớ của người trực";
export const attack = readFileSync(join(here, "../../content/rules/cases/sshd-root-password-login/attack.log"));
const axe = readFileSync(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
export function expect(holds, claim, fact = "") {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED: ${claim}: ${String(fact).slice(0, 2000)}`);
  }
}

// RFC 6238 with SHA-1, 30 s and 6 digits; `later` steps ahead, for a code is taken only once.
export function totp(base32, later) {
  const bits = [...base32.replace(/[^A-Z2-7]/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", secret).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Starts the program on a free port, with settings (TOML) when there are some, and waits until it tells its address and the one-time link.
async function serve(data, settings) {
  if (settings) writeFileSync(join(data, "journey.toml"), settings);
  const child = spawn(program, ["serve", ...(settings ? ["--config", join(data, "journey.toml")] : []), "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the program told no link in 60 s: ${told}`)), 60_000);
    const listen = (piece) => {
      told += piece;
      const link = /(https?:\/\/[^\s"]+)(\/ui\/first-run\?link=[^\s"]+)/.exec(told);
      if (!link) return;
      clearTimeout(limit);
      resolve({ child, origin: link[1], link: link[1] + link[2] });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", () => reject(new Error(`the program ended: ${told}`)));
  });
}

// The API as the console asks it, for what a journey needs to have before it begins.
export async function signedIn(origin, name = "admin", password = PASSWORD) {
  const answer = await fetch(`${origin}/api/v1/session`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name, password }) });
  const cookie = answer.headers.get("set-cookie").split(";")[0];
  const { csrf } = await answer.json();
  const ask = async (method, path, body) => {
    const response = await fetch(origin + path, {
      method,
      headers: { Cookie: cookie, "X-CSRF-Token": csrf, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  return { get: (path) => ask("GET", path), post: (path, body) => ask("POST", path, body), patch: (path, body) => ask("PATCH", path, body) };
}
export async function setPassword(server, password = PASSWORD) {
  const link = decodeURIComponent(/link=(.+)$/.exec(server.link)[1]);
  const answer = await fetch(`${server.origin}/api/v1/first-run`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ link, password }) });
  if (!answer.ok) throw new Error(await answer.text());
}
export async function addSource(api, name) {
  const { id } = await api.post("/api/v1/sources", { name, zone: "Asia/Ho_Chi_Minh" });
  const { token } = await api.post("/api/v1/tokens", { role: "ingest", source: name });
  return { id, token };
}
export async function sendLog(server, token, bytes) {
  const answer = await fetch(`${server.origin}/ingest/raw`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: bytes });
  if (!answer.ok) throw new Error(`ingest: ${answer.status}`);
}
// An sshd line that makes the rule fire, on a host of its own, now.
export function attackOn(host, when = new Date(), extra = "") {
  const local = new Date(when.getTime() + 7 * 3_600_000);
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][local.getUTCMonth()];
  const two = (value) => String(value).padStart(2, "0");
  return `${month} ${String(local.getUTCDate()).padStart(2, " ")} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} ${host} sshd[21878]: Accepted password for root from 203.0.113.46 port 51813 ssh2${extra}\n`;
}

// A browser page that notes whatever should not be: console errors, violations of the policy, requests to elsewhere.
export async function watched(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "vi-VN", bypassCSP: false, ...options });
  const troubles = [];
  const outside = [];
  const asked = [];
  context.on("page", (page) => {
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !/status of (400|401|403|404|503)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/.test(message.text()))
        troubles.push(`${page.url()} ${message.text()}`);
    });
    page.on("pageerror", (error) => troubles.push(`${page.url()} ${String(error)}`));
    page.on("request", (request) => {
      asked.push(request.url());
      if (!request.url().startsWith(origin)) outside.push(request.url());
    });
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  return { context, page, troubles, outside, asked };
}
export async function signIn(page, origin, name = "admin", password = PASSWORD) {
  await page.goto(`${origin}/ui/`);
  await page.fill("input[name=name]", name);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
  await page.waitForSelector("nav.nav");
}
export const look = (page, name) =>
  page.evaluate((value) => {
    document.documentElement.dataset.theme = value;
  }, name);

// axe is evaluated by the debugger, outside the page's policy.
export async function accessible(page, what, themes = ["light", "dark", "hc"]) {
  for (const theme of themes) {
    await look(page, theme);
    await page.evaluate(axe);
    const found = await page.evaluate(async () =>
      (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map(
        (one) =>
          `${one.id}: ${one.nodes
            .slice(0, 3)
            .map((node) => `${node.html.slice(0, 200)} ${node.any[0]?.message ?? ""}`)
            .join(" | ")}`,
      ),
    );
    expect(found.length === 0, `axe finds nothing on ${what} in ${theme}`, found.join("\n"));
  }
  await look(page, "light");
}
export async function picture(page, name) {
  for (const theme of ["light", "dark"]) {
    await look(page, theme);
    await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
  }
  await look(page, "light");
}

// Runs a journey with a program and a browser of its own; ends the process with the tally.
export async function journey(name, run, settings = "") {
  const data = mkdtempSync(join(tmpdir(), "vonggac-console-"));
  let server;
  let browser;
  try {
    server = await serve(data, settings);
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    await run({ server, browser, data });
  } catch (error) {
    expect(false, `the journey ${name} goes to its end`, error.stack);
    for (const context of browser?.contexts() ?? []) for (const page of context.pages()) await page.screenshot({ path: join(shots, `failed-${name}.png`) }).catch(() => undefined);
  } finally {
    await browser?.close();
    if (server) {
      server.child.removeAllListeners("exit");
      const gone = new Promise((done) => server.child.once("exit", done));
      const late = setTimeout(() => server.child.kill("SIGKILL"), 15_000);
      server.child.kill("SIGTERM");
      if (server.child.exitCode === null) await gone; // it writes until then
      clearTimeout(late);
    }
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  process.exit(failed > 0 ? 1 : 0);
}
export function nothingOdd({ troubles, outside }) {
  expect(troubles.length === 0, "no console errors and no violation of the policy", [...new Set(troubles)].join("\n"));
  expect(outside.length === 0, "no request leaves for elsewhere", outside.join("\n"));
}
