// First run to first finding, in a real browser against the real program:
//   node journeys/first_finding.mjs ../build/release/vonggac
// Pictures of each page in both themes go to build/console-shots. Prints "N passed, N failed, N skipped".
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const here = new URL(".", import.meta.url).pathname;
const program = process.argv[2] ?? join(here, "../../build/release/vonggac");
const shots = process.env.CONSOLE_SHOTS ?? join(here, "../../build/console-shots");
const attack = readFileSync(join(here, "../../content/rules/cases/sshd-root-password-login/attack.log"));
const PASSWORD = "một câu dài dễ nhớ của người trực";
const axe = readFileSync(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
function expect(holds, claim, fact = "") {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED: ${claim}: ${String(fact).slice(0, 2000)}`);
  }
}

// Starts the program on a free port and waits until it tells its address and the one-time link.
async function serve(data) {
  const child = spawn(program, ["serve", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
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

// RFC 6238 with SHA-1, 30 s and 6 digits; `later` steps ahead, for a code is taken only once.
function totp(base32, later) {
  const bits = [...base32.replace(/[^A-Z2-7]/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", secret).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const data = mkdtempSync(join(tmpdir(), "vonggac-console-"));
let server;
let browser;
try {
  server = await serve(data);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "vi-VN", bypassCSP: false });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const troubles = [];
  const outside = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && !/status of 401|ERR_INTERNET_DISCONNECTED/.test(message.text())) troubles.push(message.text()); });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(server.origin)) outside.push(request.url()); });
  await page.addInitScript(() => { document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)); });

  const theme = (name) => page.evaluate((value) => { document.documentElement.dataset.theme = value; }, name);
  const shoot = async (name) => {
    for (const look of ["light", "dark", "hc"]) {
      await theme(look);
      if (look !== "hc") await page.screenshot({ path: join(shots, `${name}-${look}.png`) });
      // axe is evaluated by the debugger, outside the page's policy.
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`));
      expect(found.length === 0, `axe finds nothing on ${name} in ${look}`, found.join("\n"));
    }
    await theme("light");
  };

  await page.goto(server.link);
  await page.fill("#a", PASSWORD);
  await page.fill("#b", PASSWORD);
  await page.click("button");
  await page.waitForURL(/first-run/);
  await page.goto(`${server.origin}/ui/`);
  await page.waitForSelector("input[name=name]");
  const index = await fetch(`${server.origin}/ui/findings?state=new`, { headers: { "Accept-Encoding": "br" } });
  const text = await index.text();
  const script = await fetch(server.origin + /src="([^"]+)"/.exec(text)[1], { headers: { "Accept-Encoding": "gzip;q=0, br" } });
  expect(index.status === 200 && index.headers.get("cache-control") === "no-store", "a route of the application gives the index, never stored", index.headers.get("cache-control"));
  expect(/default-src 'none'/.test(index.headers.get("content-security-policy")) && !/unsafe/.test(index.headers.get("content-security-policy")), "the policy allows nothing inline", index.headers.get("content-security-policy"));
  expect(!/<script(?![^>]*src=)|<style| style=/.test(text), "the index holds no inline script or style", text);
  expect(script.headers.get("content-encoding") === "br" && /immutable/.test(script.headers.get("cache-control")) && script.headers.get("content-type").startsWith("text/javascript"), "a script comes compressed, typed and immutable", [...script.headers]);
  expect((await fetch(`${server.origin}/ui/assets/none.js`)).status === 404, "a file that is not there is not the index");
  expect((await fetch(`${server.origin}/ui/`, { method: "HEAD" })).status === 200, "HEAD is answered");
  await shoot("signin");
  await page.fill("input[name=name]", "admin");
  await page.fill("input[name=password]", "not the password");
  await page.click("button[type=submit]");
  await page.waitForSelector("[role=alert]");
  expect(true, "a wrong password is refused with words");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("h1:has-text('Trực ban')");
  expect((await page.locator(".rail").innerText()).includes("Chưa có nguồn nào"), "an empty node says that nothing can be observed");

  await page.click("nav.nav a:has-text('Nguồn dữ liệu')");
  await page.click("button:has-text('Thêm nguồn')");
  await page.fill("input[name=source]", "web-01");
  await page.click("button[type=submit]");
  const token = await page.locator("[data-testid=secret]").innerText();
  expect(token.length > 20, "the token of a new source is shown once", token.length);
  await page.screenshot({ path: join(shots, "source-added.png") });
  await page.click("button:has-text('Đã chép, đóng lại')");
  expect(!(await page.content()).includes(token), "the token is gone after closing");
  await page.waitForSelector("td:has-text('Chờ sự kiện đầu tiên')");

  const hostile = "May 13 02:15:09 web01 sshd[21878]: Accepted password for root from 203.0.113.46 port 51813 ssh2 <script>alert(1)</script>\u202Egpj.exe\u001b[31m\n";
  const sent = await fetch(`${server.origin}/ingest/raw`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: Buffer.concat([attack, Buffer.from(hostile)]) });
  expect(sent.ok, "the attack is taken in by HTTP", sent.status);

  await page.click("nav.nav a:has-text('Phát hiện')");
  for (let turn = 0; turn < 60 && (await page.locator(".grid-row").count()) === 0; turn += 1) await page.waitForTimeout(500).then(() => page.keyboard.press("."));
  const row = page.locator(".grid-row", { hasText: "root logged in over SSH" }).first();
  await row.waitFor();
  expect(true, "the finding appears");
  await shoot("findings");
  await page.click("nav.nav a:has-text('Trực ban')");
  await page.waitForSelector(".q .r:has-text('root logged in')");
  await shoot("now-new");
  await page.goBack();
  await row.waitFor();
  await row.locator("a").click();
  await page.waitForSelector("h2:has-text('Vì sao cảnh báo')");
  await page.waitForSelector("td:has-text('Khớp')");
  await page.waitForSelector("h3:has-text('Nguyên bản'), .c-unk:has-text('đang che')");
  expect((await page.locator("table").first().innerText()).includes("user.name"), "the detail tells the field that made it fire", await page.locator("table").first().innerText());
  await page.locator("[role=group] button").last().click();
  await page.waitForSelector("td:has-text('<script>alert(1)</script>')");
  expect((await page.locator("td .esc").allInnerTexts()).join(" ").includes("U+202E"), "a character that turns the direction of text is shown as an escape", await page.locator("td .esc").allInnerTexts());
  await page.click("summary");
  await shoot("finding");
  await page.keyboard.press("a");
  await page.waitForSelector(".head .state:has-text('Đã tiếp nhận')");
  expect(true, "the finding is acknowledged by a key");

  await page.keyboard.press("m");
  await page.fill("textarea", "quét định kỳ của đơn vị");
  await page.screenshot({ path: join(shots, "mute.png") });
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("button:has-text('Bật tiếng lại')");
  await page.click("button:has-text('Bật tiếng lại')");
  await page.waitForSelector("button:has-text('Tắt tiếng')");
  expect(true, "the finding is muted with a reason and unmuted");

  await page.click("nav.nav a:has-text('Phát hiện')");
  await page.selectOption("select >> nth=1", "new");
  await page.waitForFunction(() => location.search.includes("state=new"));
  expect(true, "the filter stands in the address");
  await page.click(".grid-head input, .pad", { timeout: 10_000 });
  const bulk = page.locator(".bulk button");
  if (await bulk.count()) {
    await bulk.click();
    await page.waitForSelector("[role=status]:has-text('Đã tiếp nhận')");
    expect(true, "several findings are acknowledged at once");
  }
  await page.click("nav.nav a:has-text('Trực ban')");
  await page.waitForSelector(".checks li");
  await shoot("now");
  await page.click("nav.nav a:has-text('Nguồn dữ liệu')");
  await page.waitForSelector("td:has-text('web-01')");
  await shoot("sources");
  await page.click("nav.nav a:has-text('Quản trị')");
  for (const [tab, name] of [["Sức khoẻ", "health"], ["Tài khoản", "users"], ["Mã truy cập", "tokens"], ["Nhật ký kiểm toán", "audit"]]) {
    await page.click(`.tabs a:has-text('${tab}')`);
    if (name === "audit") {
      await page.click("button:has-text('Kiểm tra chuỗi')");
      await page.waitForSelector("[role=status]:has-text('Chuỗi nguyên vẹn')");
      expect(true, "the audit chain is verified");
    }
    await page.waitForSelector(name === "health" ? "dl.kv" : "tbody tr");
    await shoot(`administration-${name}`);
  }
  await page.click("[data-testid=person]");
  await page.click("[role=menuitem]:has-text('English')");
  await page.waitForSelector("h1:has-text('Administration')");
  expect(!/[ăâđêôơưạảấầậắằặẹẻếềệịọốồộớờợụứừự]/i.test((await page.locator("nav.nav").innerText())), "English is complete in the navigation");
  await page.click("nav.nav a:has-text('Now')");
  await page.waitForSelector(".checks li");
  await page.screenshot({ path: join(shots, "now-english.png") });
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide <= 360, "nothing is wider than a screen of 360 px", wide);
  await page.screenshot({ path: join(shots, "now-360.png") });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.click("[data-testid=person]");
  await page.click("[role=menuitem]:has-text('Second step')");
  await page.click("button:has-text('Turn on: make a key')");
  const key = await page.locator("[data-testid=secret]").innerText();
  await page.fill("[role=dialog] input[name=code]", totp(key, 0));
  await page.click("button:has-text('Turn on the second step')");
  await page.waitForSelector("[role=dialog] [role=status]");
  await page.screenshot({ path: join(shots, "second-factor.png") });
  await page.click("button:has-text('Dismiss')");
  const signOut = async () => {
    await page.click("[data-testid=person]");
    await page.click("[role=menuitem]:has-text('Sign out')");
    await page.waitForSelector("input[name=password]");
  };
  await signOut();
  await page.fill("input[name=name]", "admin");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("[role=alert]");
  expect(true, "with the second step on, the password alone is refused");
  await page.fill("input[name=code]", totp(key, 1));
  await page.click("button[type=submit]");
  await page.waitForSelector("h1:has-text('Now')");
  expect(true, "the code of the second step lets one in");
  await context.setOffline(true);
  await page.waitForSelector(".ban:has-text('Link lost since')");
  expect((await page.locator(".q .hdr").count()) === 1, "while the link is lost, what was read goes on being shown");
  await page.screenshot({ path: join(shots, "link-lost.png") });
  await context.setOffline(false);
  await page.waitForSelector(".ban", { state: "detached" });
  expect(true, "the banner goes when the link is back");
  await signOut();
  expect((await context.request.get(`${server.origin}/api/v1/session`)).status() === 401, "signed out is signed out on the server");

  expect(troubles.length === 0, "no console errors and no violation of the policy", [...new Set(troubles)].join("\n"));
  expect(outside.length === 0, "no request leaves for elsewhere", outside.join("\n"));
} catch (error) {
  expect(false, "the journey goes to its end", error.stack);
  const page = browser?.contexts()[0]?.pages()[0];
  await page?.screenshot({ path: join(shots, "failed.png") });
} finally {
  await browser?.close();
  if (server) {
    server.child.removeAllListeners("exit");
    server.child.kill("SIGTERM");
  }
  rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
