// Cases from a list: two victims of ours stand on a list, one is answered with evidence and one as a false report; the next month's list
// names one of them again. Judged by somebody else, closed by evidence, and a relapse comes back to its own case.
//   node journeys/cases.mjs ../build/release/vonggac
import { execFileSync } from "node:child_process";
import { accessible, expect, journey, nothingOdd, PASSWORD, picture, program, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
const letter = (rows) => `ip,timestamp,family\n${rows.map(([ip, back]) => `${ip},${day(back)}T03:00:00Z,Mirai`).join("\n")}\n`;

await journey("cases", async ({ server, browser, data }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const command = (words, input) => execFileSync(program, [...words, "--data", data], { encoding: "utf8", ...(input === undefined ? {} : { input }) }).trim();
  const { items: organisations } = await api.get("/api/v1/organisations");
  await api.post("/api/v1/facts", { kind: "range", organisation: organisations[0].id, body: { range: "203.0.113.0/24" }, from: "2020-01-01T00:00:00Z", document: "QĐ 1/2020" });
  const importList = (rows) =>
    JSON.parse(
      command(
        ["list", "import", "-", "--map", "ip=victim", "--map", "timestamp=seen", "--map", "family=family", "--zone", "UTC", "--series", "botnet", "--issuer", "CATTT", "--format", "json"],
        letter(rows),
      ),
    );
  importList([
    ["203.0.113.7", 40],
    ["203.0.113.8", 40],
  ]);
  command(["user", "add", "binh", "--role", "duty-lead", "--password-stdin"], PASSWORD);

  const watch = await watched(browser, server.origin);
  const { page } = watch;
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Vụ việc')");
  await page.waitForSelector("td:has-text('2 mục, 2 chưa đóng')");
  await accessible(page, "Cases");
  await picture(page, "cases");
  await page.click("td a:has-text('botnet')");
  await page.waitForSelector("td:has-text('203.0.113.7')");
  await page.waitForSelector("[aria-labelledby=case-due] li, [aria-labelledby=case-due] p");
  await accessible(page, "A case");

  // One is answered with evidence, the other as a false report.
  const dialog = "[role=dialog]";
  await page.click("button[aria-label='Trả lời: 203.0.113.7']");
  await page.fill(`${dialog} [name=removed]`, `${day(35)}T10:00`);
  await page.fill(`${dialog} [name=tool]`, "AV 12");
  await page.fill(`${dialog} [name=hash]`, "a".repeat(64));
  await accessible(page, "an answer");
  await picture(page, "case-answer");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("tr:has-text('203.0.113.7') td:has-text('Đang kiểm chứng')");
  await page.click("button[aria-label='Trả lời: 203.0.113.8']");
  await page.selectOption(`${dialog} [name=answer]`, "false-report");
  await page.fill(`${dialog} [name=text]`, "máy quét của chúng tôi");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("tr:has-text('203.0.113.8') td:has-text('Chờ điều phối xét')");
  const before = watch.troubles.length; // the browser tells of two refusals, which are meant
  await page.click("button[aria-label='Xét: 203.0.113.8']");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`${dialog} [role=alert]:has-text('Người trả lời không tự chấp nhận')`);
  expect(true, "whoever answered does not accept the answer");
  await page.click(`${dialog} button:has-text('Thôi'), ${dialog} footer button:first-child`);

  // No later list yet: the policy says so.
  await page.click("button[aria-label='Đóng: 203.0.113.7']");
  await page.waitForSelector("[data-testid=verdict]");
  const verdict = await page.locator(dialog).innerText();
  expect(verdict.includes("chưa có danh sách sau"), "what is missing to close it is told", verdict);
  await accessible(page, "closing");
  await picture(page, "case-close");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`${dialog} [role=alert]:has-text('Chưa đóng được')`);
  await page.click(`${dialog} footer button:first-child`);

  watch.troubles.splice(before);

  // The next month's list names the other one, and not this.
  const next = importList([["203.0.113.8", 5]]);
  expect(next.cases?.absent === 1, "the next list does not name the one that was cleaned", JSON.stringify(next.cases));
  await page.click("button[aria-label='Đóng: 203.0.113.7']");
  await page.waitForSelector(`${dialog} :text('đủ bằng chứng để đóng')`);
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("tr:has-text('203.0.113.7') td:has-text('có bằng chứng')");
  expect(true, "it is closed by the policy's evidence");

  // And in the month after it is back.
  const relapse = importList([["203.0.113.7", 1]]);
  expect(relapse.cases?.relapsed === 1, "a relapse is one", JSON.stringify(relapse.cases));
  await page.reload();
  await page.waitForSelector("tr:has-text('203.0.113.7'):has-text('tái nhiễm 1 lần')");
  await page.waitForSelector("[data-testid=timeline] li:has-text('203.0.113.7')");
  await picture(page, "case");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
  await picture(page, "case-360");
  nothingOdd(watch);
});
