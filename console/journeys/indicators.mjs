// Indicators: a feed that a person adds is pulled, grows suddenly and is held, is looked at and released; a value of it is looked up,
// allowed and no longer allowed; STIX patterns are asked of events and shown with what they match.
//   node journeys/indicators.mjs ../build/release/vonggac
import { createServer } from "node:http";
import { accessible, addSource, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

let names = 20;
const publisher = createServer((_, answer) => {
  answer.writeHead(200, { "Content-Type": "text/plain", ETag: `"${names}"` });
  answer.end(Array.from({ length: names }, (__, at) => `d${at}.example\n`).join(""));
});
await new Promise((ready) => publisher.listen(0, "127.0.0.1", ready));

await journey(
  "indicators",
  async ({ server, browser }) => {
    await setPassword(server);
    const api = await signedIn(server.origin);
    const watch = await watched(browser, server.origin);
    const { page } = watch;
    const dialog = "[role=dialog]";
    await signIn(page, server.origin);
    await page.goto(`${server.origin}/ui/indicators?tab=feeds`);
    await page.waitForSelector("text=Chưa có nguồn nào tự lấy");
    await page.click("button:has-text('Thêm nguồn')");
    await page.fill(`${dialog} [name=name]`, "june");
    await page.fill(`${dialog} [name=url]`, `http://127.0.0.1:${String(publisher.address().port)}/list.txt`);
    await page.fill(`${dialog} [name=organisation]`, "CERT Example");
    await page.fill(`${dialog} [name=family]`, "emotet");
    await accessible(page, "a new feed");
    await picture(page, "feed-dialog");
    await page.click(`${dialog} button[type=submit]`);
    await page.click("button[aria-label='Lấy ngay: june']");
    await page.waitForSelector("tr:has-text('june') td:has-text('bình thường')");
    expect((await api.get("/api/v1/feeds/june")).entries === 20, "its values are in force");

    names = 50;
    await page.click("button[aria-label='Lấy ngay: june']");
    await page.waitForSelector("tr:has-text('june') td:has-text('bị giữ lại, chờ người xem')");
    await accessible(page, "Feeds");
    // Somebody is told: a finding, which notifications go by.
    let told = [];
    for (let tries = 0; tries < 100 && told.length === 0; tries += 1) {
      told = (await api.get("/api/v1/findings")).items.filter((one) => one.entity === "host:feed june");
      if (told.length === 0) await page.waitForTimeout(200);
    }
    expect(told.length === 1 && told[0].level === "medium", "a feed that is held is a finding", JSON.stringify(told));
    await picture(page, "feeds-held");
    await page.click("button[aria-label='Xem và quyết định: june']");
    const reasons = await page.locator("[data-testid=reasons]").innerText();
    expect(reasons.includes("20") && reasons.includes("50"), "why it is held is told with the counts", reasons);
    await accessible(page, "a held feed");
    await picture(page, "feed-release");
    await page.click(`${dialog} button[type=submit]`);
    await page.waitForSelector(`${dialog} [role=alert]`);
    await page.fill(`${dialog} textarea`, "bản mới của họ có thêm");
    await page.click(`${dialog} button[type=submit]`);
    await page.waitForSelector("tr:has-text('june') td:has-text('bình thường')");
    expect((await api.get("/api/v1/feeds/june")).entries === 50, "its new version is in force");

    await page.click("nav.tabs a:has-text('Tra cứu')");
    await page.fill("[role=search] [name=value]", "hxxp://www.d7[.]example/x");
    await page.click("[role=search] button[type=submit]");
    await page.waitForSelector("td:has-text('emotet')");
    await accessible(page, "a look-up");
    await picture(page, "indicator-look");
    await page.fill("[role=search] [name=value]", "nobody.example");
    await page.click("[role=search] button[type=submit]");
    await page.waitForSelector("text=Không danh sách nào nêu nobody.example");

    await page.click("nav.tabs a:has-text('Danh sách')");
    await page.waitForSelector("tr:has-text('june')");
    await accessible(page, "Lists");
    await page.click("nav.tabs a:has-text('Được phép')");
    await page.click("button:has-text('Cho phép một giá trị')");
    await page.fill(`${dialog} [name=value]`, "d7.example");
    await page.fill(`${dialog} textarea`, "máy bẫy của mình");
    await page.click(`${dialog} button[type=submit]`);
    await page.waitForSelector("td:has-text('d7.example')");
    await accessible(page, "what is allowed");
    await picture(page, "indicators-allowed");
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
    await page.click("nav.tabs a:has-text('Nguồn tự lấy')");
    await page.waitForSelector("tr:has-text('june')");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "feeds are not wider than 360 px");
    await picture(page, "feeds-360");
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.click("nav.tabs a:has-text('Được phép')");
    await page.click("button[aria-label='Bỏ cho phép: d7.example']");
    await page.click(`${dialog} button.stopfill`);
    await page.waitForSelector("text=Chưa cho phép giá trị nào");

    // STIX patterns: one of a single event, one of two events of a machine, one that no event tells of.
    const text = [
      "[process:command_line LIKE '%-enc%' AND process:name = 'powershell.exe']",
      "([process:name = 'certutil.exe'] AND [process:name = 'rundll32.exe']) WITHIN 300 SECONDS",
      "[mutex:name = 'Global\\\\x']",
    ].join("\n");
    await api.post("/api/v1/indicators/import", { list: "patterns", text, family: "fox" });
    const { token } = await addSource(api, "ws");
    const time = new Date().toISOString();
    const began = (host, name, line) => JSON.stringify({ "@timestamp": time, ecs: { version: "8.11" }, host: { name: host }, process: { name, command_line: line } });
    await sendLog(
      server,
      token,
      [began("ws-1", "powershell.exe", "powershell.exe -enc AAAA"), began("ws-2", "certutil.exe", "certutil x"), began("ws-2", "rundll32.exe", "rundll32 y")].join("\n") + "\n",
    );
    let known = [];
    for (let tries = 0; tries < 100 && known.length < 2; tries += 1) {
      known = (await api.get("/api/v1/findings")).items.filter((one) => one.rule.id === "indicator/present/fox");
      if (known.length < 2) await page.waitForTimeout(200);
    }
    const hosts = known.map((one) => `${one.entity} ${String(one.count)}`).sort();
    expect(hosts.join(", ") === "host:ws-1 1, host:ws-2 2", "patterns make findings of their machines", hosts.join(", "));
    await page.click("nav.tabs a:has-text('Mẫu STIX')");
    await page.reload();
    await page.waitForSelector("tr:has-text('certutil.exe') td:has-text('nhiều sự kiện của một máy')");
    await page.waitForSelector("tr:has-text('mutex') td:has-text('không sự kiện nào nói về: mutex')");
    await accessible(page, "STIX patterns");
    await picture(page, "indicator-patterns");
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(page, "indicator-patterns-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "patterns are not wider than 360 px");
    await picture(page, "indicator-patterns-360");
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.click("tr:has-text('powershell.exe') a:has-text('có mặt trên máy')");
    await page.waitForSelector("text=ws-1");
    nothingOdd(watch);
  },
  '[feeds]\nnetworks = ["127.0.0.1"]\n',
);
