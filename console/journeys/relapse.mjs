// A relapse finds its way back by itself: a list names a machine of ours, it is cleaned with evidence and closed by the next month's list; the list
// after that names it again. The first page shows it, and leads to its own case with the work of then. And a contact that our own logs show
// opens one again without any list. Times are in the data, nobody waits for days.
//   node journeys/relapse.mjs ../build/release/vonggac
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, addSource, expect, journey, nothingOdd, picture, program, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const at = (back, hour = 3) => new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - back * 86_400_000 + hour * 3_600_000).toISOString();
const letter = (rows) => `ip,timestamp,family\n${rows.map(([ip, back]) => `${ip},${at(back)},Mirai`).join("\n")}\n`;
const HASH = "b".repeat(64);

await journey(
  "relapse",
  async ({ server, browser, data }) => {
    await setPassword(server);
    const api = await signedIn(server.origin);
    const command = (words, input) => execFileSync(program, [...words, "--data", data], { encoding: "utf8", ...(input === undefined ? {} : { input }) }).trim();
    const { items: organisations } = await api.get("/api/v1/organisations");
    await api.post("/api/v1/facts", { kind: "range", organisation: organisations[0].id, body: { range: "203.0.113.0/24" }, from: "2020-01-01T00:00:00Z", document: "QĐ 1/2020" });
    const columns = ["--map", "ip=victim", "--map", "timestamp=seen", "--map", "family=family", "--zone", "UTC", "--series", "botnet", "--issuer", "CATTT", "--format", "json"];
    const importList = (rows) => JSON.parse(command(["list", "import", "-", ...columns], letter(rows)));
    const items = async () => (await api.get("/api/v1/case-items")).items;
    const item = async (subject) => (await items()).find((one) => one.subject === subject);
    const until = async (what, holds) => {
      for (let tries = 0; tries < 120; tries += 1) {
        if (await holds()) return;
        await new Promise((done) => setTimeout(done, 500));
      }
      expect(false, what);
    };

    // Three months ago two machines stood on a list; both were cleaned.
    importList([
      ["203.0.113.7", 90],
      ["203.0.113.8", 90],
    ]);
    for (const subject of ["203.0.113.7", "203.0.113.8"])
      await api.post(`/api/v1/case-items/${(await item(subject)).id}/answer`, { answer: "removed", evidence: { removed: at(80), tool: "AV 12", hash: HASH, rescan: "clean" } });
    // The next month's list names neither: the system proposes to close, and does not close.
    importList([["203.0.113.99", 60]]);
    await until("closing is proposed by itself", async () => (await api.get("/api/v1/case-attention")).proposals === 2);
    expect((await item("203.0.113.7")).state === "removed", "nothing closes by itself");

    const watch = await watched(browser, server.origin);
    const { page } = watch;
    await signIn(page, server.origin);
    await page.waitForSelector("[data-testid=now-cases] a:has-text('2 mục đề nghị đóng')");
    await accessible(page, "Now with proposals");
    await page.click("[data-testid=now-cases] a:has-text('2 mục đề nghị đóng')");
    await page.waitForSelector("td a:has-text('botnet')");
    await page.click("td a:has-text('botnet')");
    await page.waitForSelector("tr:has-text('203.0.113.7') [data-testid=watch]:has-text('đề nghị đóng')");
    const dialog = "[role=dialog]";
    await page.click("button[aria-label='Đóng: 203.0.113.7']");
    await page.waitForSelector(`${dialog} :text('đủ bằng chứng để đóng')`);
    await page.click(`${dialog} button.pri`);
    await page.waitForSelector("tr:has-text('203.0.113.7') td:has-text('có bằng chứng')");

    // The list of this month names it again.
    const named = importList([["203.0.113.7", 2]]);
    expect(named.cases?.relapsed === 1, "the list finds the relapse by itself", JSON.stringify(named.cases));
    await page.goto(`${server.origin}/ui/`);
    await page.waitForSelector("[data-testid=now-cases] a:has-text('1 mục tái nhiễm')");
    await picture(page, "now-relapse");
    await page.click("[data-testid=now-cases] a:has-text('1 mục tái nhiễm')");
    await page.click("td a:has-text('botnet')");
    await page.waitForSelector("tr:has-text('203.0.113.7'):has-text('tái nhiễm 1 lần')");
    const told = await page.locator("[data-testid=timeline]").innerText();
    for (const words of ["Tái nhiễm", "Đóng mục", "Hệ thống đề nghị đóng", "Trả lời"]) expect(told.includes(words), `the earlier work stands in its timeline: ${words}`, told);
    await accessible(page, "a case with a relapse");
    await picture(page, "case-relapse");
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
    await picture(page, "case-relapse-360");
    await page.goto(`${server.origin}/ui/`);
    await page.waitForSelector("[data-testid=now-cases]");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "the first page neither");
    await picture(page, "now-relapse-360");
    await page.setViewportSize({ width: 1280, height: 800 });

    // The other one is still told as removed: a contact in our own logs opens it again, with no list.
    writeFileSync(join(data, "c2.txt"), "198.51.100.66\n");
    command(["indicator", "import", join(data, "c2.txt"), "--list", "c2", "--family", "mirai", "--confidence", "90"]);
    const firewall = await addSource(api, "fw-01");
    await sendLog(
      server,
      firewall.token,
      `${JSON.stringify({ "@timestamp": new Date().toISOString(), source: { ip: "203.0.113.8" }, destination: { ip: "198.51.100.66", port: 23 }, event: { action: "allow", category: "network" } })}\n`,
    );
    await until("a contact opens it again by itself", async () => (await item("203.0.113.8")).state === "open");
    const entries = (await api.get(`/api/v1/cases/${(await item("203.0.113.8")).case}/timeline?limit=1000`)).items.map((one) => one.kind);
    expect(entries.includes("refuted"), "and the timeline says that the removal was refuted", entries.join(" "));
    nothingOdd(watch);
  },
  "[cases]\nwatch_seconds = 1\n",
);
