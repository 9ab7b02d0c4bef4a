// Brush, pivot and export a search, in a real browser against the real program:
//   node journeys/search.mjs ../build/release/vonggac
// Pictures go to build/console-shots. Prints "N passed, N failed, N skipped".
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, expect, journey, PASSWORD, program, sendLog, shots, signIn, watched } from "./kit.mjs";

// Two hours of a firewall's and a host's log that end a minute ago: 4 failed sign-ins a minute from three addresses, one of
// them in the last half hour only, one accepted sign-in, and two lines that an attacker wrote to break a page.
const MINUTES = 120;
function logLines(now) {
  const lines = [];
  const say = (time, text) => lines.push(`${new Date(time).toISOString().replace(/\.\d+Z/, "Z")} web-01 sshd[4242]: ${text}`);
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const time = now - (MINUTES - minute) * 60_000;
    for (let turn = 0; turn < 3; turn += 1) say(time + turn * 10_000, `Failed password for root from 203.0.113.${7 + turn} port ${40_000 + minute} ssh2`);
    if (minute >= 90) say(time + 40_000, `Failed password for invalid user oracle from 198.51.100.23 port ${50_000 + minute} ssh2`);
  }
  say(now - 65_000, "Accepted password for root from 203.0.113.7 port 51813 ssh2");
  say(now - 64_000, "Failed password for invalid user <script>alert(1)</script>\u202Egpj.exe from 192.0.2.66 port 4000 ssh2");
  say(now - 63_000, `Failed password for invalid user ${"x".repeat(4000)} from 192.0.2.66 port 4001 ssh2`);
  return lines;
}
const FAILED = MINUTES * 3 + 30 + 2;
const ALL = FAILED + 1;

await journey("search", async ({ server, browser, data }) => {
  const command = (words, input) => execFileSync(program, [...words, "--data", data], { encoding: "utf8", ...(input === undefined ? {} : { input }) }).trim();
  command(["user", "add", "lan", "--role", "administrator", "--password-stdin"], PASSWORD);
  command(["source", "add", "web-01"]);
  await sendLog(server, command(["token", "add", "--role", "ingest", "--source", "web-01"]), `${logLines(Date.now()).join("\n")}\n`);

  const { page, troubles, outside } = await watched(browser, server.origin, { viewport: { width: 1440, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true });
  const changes = [];
  let provoked = 0; // troubles before the journey breaks an answer on purpose
  page.on("request", (request) => {
    if (request.method() !== "GET") changes.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  const clean = (name) => accessible(page, name, ["light"]);
  const shoot = async (name) => {
    await accessible(page, name);
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => {
        document.documentElement.dataset.theme = value;
      }, theme);
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
    }
    await page.evaluate(() => {
      document.documentElement.dataset.theme = "light";
    });
  };
  const line = page.locator("[data-testid=query]");
  const total = page.locator("[data-testid=total]");
  const numberOf = (text) => Number(text.replace(/\D/g, ""));
  const counted = async (number, claim) => {
    await page
      .waitForFunction((wanted) => {
        const text = document.querySelector("[data-testid=total]")?.textContent ?? "";
        return /\d/.test(text) && Number(text.replace(/\D/g, "")) === wanted;
      }, number)
      .catch(() => undefined);
    expect(numberOf(await total.innerText()) === number, claim, `${await total.innerText()}, expected ${number}`);
  };

  await signIn(page, server.origin, "lan");
  await page.click("nav.nav a:has-text('Tìm kiếm')");
  await page.waitForSelector("h1:has-text('Tìm kiếm')");
  for (let turn = 0; turn < 60 && numberOf(await total.innerText()) !== ALL; turn += 1) await page.waitForTimeout(500).then(() => page.keyboard.press("u"));
  await counted(ALL, "all events that were sent are found");
  await page.waitForSelector(".results .rowgroup .erow");

  // The query line: completion, an error under its characters, the suggestion by one key.
  await page.keyboard.press("/");
  await line.pressSequentially("event.outc");
  await page.waitForSelector(".offers li:has-text('event.outcome')");
  await page.keyboard.press("Tab");
  await page.waitForSelector(".offers li:has-text('failure')");
  await page.keyboard.press("ArrowDown");
  while (!(await page.locator(".offers li[aria-selected=true]").innerText()).includes("failure")) await page.keyboard.press("ArrowDown");
  await clean("completion");
  await page.keyboard.press("Enter");
  expect((await line.inputValue()).startsWith("event.outcome:failure"), "a field and a value are completed by keys", await line.inputValue());
  await page.keyboard.press("Enter");
  await counted(FAILED, "the query asks for failures");
  await line.fill("souce.ip:203.0.113.7");
  await page.waitForSelector(".trouble");
  expect(
    (await page.locator(".under u").innerText()) === "souce.ip" && (await page.locator(".trouble").innerText()).includes("không có trường souce.ip"),
    "what is wrong stands under its characters, in Vietnamese",
    await page.locator(".trouble").innerText(),
  );
  await page.screenshot({ path: join(shots, "search-error.png") });
  await clean("an error in the query");
  await page.keyboard.press("Tab");
  expect((await line.inputValue()) === "source.ip:203.0.113.7", "the suggestion is taken by one key", await line.inputValue());
  await page.keyboard.press("Enter");
  await counted(MINUTES + 1, "the query asks for one address");

  // Values by click, bubbles that are turned and removed.
  await page.locator(".bub button[aria-label^='Bỏ:']").click();
  await counted(ALL, "a bubble is removed from the query");
  const fields = page.locator(".fields");
  const facet = fields.locator("section", { hasText: "source.ip" });
  if ((await facet.locator(".name").getAttribute("aria-expanded")) !== "true") await facet.locator(".name").click();
  const value = facet.locator("li", { hasText: "198.51.100.23" });
  await value.hover();
  await value.locator("button").first().click();
  await counted(30, "a value is taken alone by a click");
  await page.waitForSelector(".bub .what:has-text('198.51.100.23')");
  expect(true, "it stands as a bubble");
  expect(new URL(page.url()).searchParams.get("q") === "source.ip:198.51.100.23", "and in the address", page.url());
  await page.locator(".bub button[aria-label^='Đảo lại']").click();
  await counted(ALL - 30, "a bubble is turned round");
  await page.keyboard.press("Shift+Escape");
  await counted(ALL, "all conditions go by one key");

  // The histogram: brushed by the mouse, moved and cleared by keys.
  await page.locator(".counts").hover();
  const plot = page.locator(".plot");
  const box = await plot.boundingBox();
  await page.click("[data-testid=range]");
  await clean("the range picker");
  const renewed = page.waitForResponse((answer) => answer.url().includes("/events/histogram") && answer.ok());
  await page.click(".presets button:has-text('24 giờ qua')");
  await (await renewed).finished();
  await counted(ALL, "the wider range has them all");
  await page.waitForFunction((wanted) => [...document.querySelectorAll(".histogram td")].reduce((sum, cell) => sum + Number(cell.textContent.replace(/\D/g, "")), 0) === wanted, ALL);
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 3, box.y + 50, { steps: 8 });
  const reading = await page.locator("[data-testid=reading]").innerText();
  expect(/Chọn .*: \d+ sự kiện/.test(reading), "the count of the chosen part is told while it is drawn", reading);
  await page.mouse.up();
  await page.waitForSelector("[data-testid=time-bubble]");
  expect(new URL(page.url()).searchParams.has("within"), "the chosen part stands in the address and as a bubble", page.url());
  await counted(numberOf(reading.split(":").at(-1)), "the events are those of the chosen part");
  await plot.focus();
  const before = new URL(page.url()).searchParams.get("within");
  await page.keyboard.press("Alt+ArrowLeft");
  await page.waitForFunction((old) => new URLSearchParams(location.search).get("within") !== old, before);
  await page.keyboard.press("Alt+Shift+ArrowRight");
  await page.keyboard.press("Escape");
  await page.waitForSelector("[data-testid=time-bubble]", { state: "detached" });
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.waitForSelector("[data-testid=time-bubble]");
  expect(true, "a part is chosen, moved, widened and cleared by keys alone");
  await shoot("search-brushed");
  await page.keyboard.press("Escape");

  // Rows: opened, read, pivoted by keys; hostile text is text.
  await counted(ALL, "the whole range again");
  await line.fill("source.ip:192.0.2.66");
  await page.keyboard.press("Enter");
  await counted(2, "the two odd events");
  await page.locator(".results").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".eventrail [role=tab]");
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(!(await wide()), "a name of 4,000 characters does not widen the page");
  await shoot("search-event");
  await page.click("[role=tab]:has-text('Nguyên bản')");
  await page.click("button:has-text('Hiện với lý do')");
  await page.fill("[role=dialog] textarea", "báo cho chủ máy");
  await clean("the question before personal data is shown");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("pre.raw");
  const raw = await page.locator("pre.raw").innerText();
  expect(raw.includes("<script>alert(1)</script>") && raw.includes("U+202E"), "the bytes as they came are shown as text after a reason", raw);
  await page.click("button:has-text('Hex')");
  await page.waitForSelector(".hex");
  await page.click("[role=tab]:has-text('Quanh đó')");
  await page.waitForSelector(".around li.on");
  expect((await page.locator(".around li").count()) > 10, "events around it on the same host are shown", await page.locator(".around li").count());
  await shoot("search-around");
  const shared = page.url();
  await page.goto(shared);
  await page.waitForSelector(".eventrail [role=tab]");
  expect((await line.inputValue()) === "source.ip:192.0.2.66", "the address opens the same query and the same event", await line.inputValue());
  await page.waitForSelector(".rowgroup .erow"); // it has begun to search; while it does, Escape stops the search
  await page.waitForSelector("[data-testid=scanned]", { state: "detached" });
  await page.keyboard.press("Escape");
  await page.waitForSelector(".eventrail", { state: "detached" });
  await page.keyboard.press("Shift+Escape");
  await counted(ALL, "back to everything");
  const top = () => page.locator(".rowgroup .erow").first().getAttribute("aria-rowindex");
  const scroll = (to) =>
    page.locator(".results").evaluate((box, top) => {
      box.scrollTop = top;
      return box.scrollTop;
    }, to);
  const loaded = () =>
    page
      .locator(".results .rowgroup")
      .last()
      .evaluate((rows) => Math.round(rows.getBoundingClientRect().height / 30));
  const at = await scroll(4500);
  await page.waitForFunction((rows) => document.querySelectorAll(".results .rowgroup")[0].getBoundingClientRect().height >= rows * 30, ALL);
  expect(
    (await loaded()) === ALL && (await page.locator(".results").evaluate((box) => box.scrollTop)) === at,
    "more rows come ahead of the eye and nothing jumps",
    `${await loaded()} rows, ${await top()}`,
  );
  await page.locator(".results").focus();
  await page.keyboard.press("Home");
  const columns = await page.locator(".ehead [role=columnheader]").allInnerTexts();
  const address = columns.findIndex((name) => name.trim() === "Nguồn");
  expect(address >= 3, "the source address is a column by itself", columns.join());
  for (let turn = 3; turn <= address; turn += 1) await page.keyboard.press("ArrowRight");
  const pivot = (await page.locator(".erow .cell").innerText()).trim();
  await page.keyboard.press("p");
  await page.waitForFunction(() => (new URLSearchParams(location.search).get("q") ?? "").startsWith("source.ip:"));
  expect(new URL(page.url()).searchParams.get("q").includes(pivot.split(/\s/).at(-1)), "P asks for the value of the cell alone", `${page.url()} ${pivot}`);
  await page.keyboard.press("?");
  await page.waitForSelector("[role=dialog]");
  expect((await page.locator("[role=dialog]").innerText()).includes("xoay"), "? lists the keys of the page", await page.locator("[role=dialog]").innerText());
  await page.keyboard.press("Escape");

  // Personal data is asked for only on purpose.
  provoked = troubles.length;
  await line.fill("user.name:oracle");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".ban:has-text('dữ liệu cá nhân đang che')");
  expect((await page.locator(".trouble").innerText()).includes("user.name"), "a query for personal data is refused while it is masked", await page.locator(".trouble").innerText());
  troubles.splice(provoked);
  await page.click("button:has-text('Hiện và tìm')");
  await counted(30, "shown, it is searched");
  await page.waitForSelector(".erow:has-text('oracle')");
  await page.click("button:has-text('Đang hiện dữ liệu cá nhân')");

  // Saved, taken up again, shared.
  await line.fill("source.ip:198.51.100.23");
  await page.keyboard.press("Enter");
  await counted(30, "one address");
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await page.fill("[role=dialog] input[name=name]", "Dò mật khẩu oracle");
  await clean("the question before a search is saved");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[data-testid=saved]:has-text('Dò mật khẩu oracle')");
  await page.keyboard.press("Shift+Escape");
  await counted(ALL, "everything");
  await page.click("[data-testid=saved]");
  await clean("the saved searches");
  await page.click("[role=menuitem]:has-text('Dò mật khẩu oracle')");
  await counted(30, "a saved search is taken up again");
  await page.click("button:has-text('Gửi đường dẫn')");
  await page.waitForSelector("[role=status]:has-text('Đã chép đường dẫn')");
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(/^\d{4}-.*Z$/.test(link.searchParams.get("from") ?? "") && link.searchParams.get("q") === "source.ip:198.51.100.23", "the shared link has fixed times", link);

  // Files.
  const take = async (press) => {
    const [file] = await Promise.all([page.waitForEvent("download"), press()]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const exportAs = async (format, clear) => {
    await page.click("button:has-text('Xuất…')");
    await page.check(`[role=dialog] input[value=${format}]`);
    if (clear) await page.check("[role=dialog] input[name=clear]");
    if (format === "ndjson") await clean("the export");
    const file = await take(() => page.click("[role=dialog] button[type=submit]"));
    await page.waitForSelector("[role=dialog] [role=status]:has-text('Đã tải')");
    await page.click("[role=dialog] button:has-text('Đóng lại')");
    return file;
  };
  const ndjson = await exportAs("ndjson", false);
  const rows = ndjson.bytes
    .toString()
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  expect(rows.length === 30 && rows.every((row) => row.fields["source.ip"] === "198.51.100.23"), "NDJSON holds the events of the search", rows.length);
  expect(!ndjson.bytes.includes("oracle"), "its personal fields are masked");
  const csv = await exportAs("csv", false);
  expect(csv.bytes.toString().trim().split("\n").length === 31, "CSV holds a head and the events", csv.bytes.toString().slice(0, 300));
  const parquet = await exportAs("parquet", true);
  expect(parquet.bytes.subarray(0, 4).toString() === "PAR1" && parquet.bytes.subarray(-4).toString() === "PAR1", "Parquet is a Parquet file", parquet.bytes.length);
  await page.locator(".results").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  expect((await page.locator(".bulk b").innerText()).includes("3"), "events are chosen by keys", await page.locator(".bulk b").innerText());
  await page.click("button:has-text('Xuất bằng chứng')");
  await page.fill("[role=dialog] textarea", "hồ sơ vụ việc");
  await clean("the question before evidence leaves");
  const zip = await take(() => page.click("[role=dialog] button[type=submit]"));
  expect(zip.bytes.subarray(0, 2).toString() === "PK" && zip.name.endsWith(".zip"), "evidence is a ZIP file", zip.name);
  await page.click("[role=dialog] button:has-text('Đóng lại')");

  // States: stopped, failed with a retry, nothing found.
  let answer = "slow";
  await page.route("**/api/v1/events?*", (route) => {
    if (answer === "broken")
      return route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ status: 500, title: "x", detail: "the disk cannot be read", code: "internal" }) });
    if (answer === "slow")
      setTimeout(() => {
        route.continue().catch(() => undefined);
      }, 3000);
    return answer === "slow" ? undefined : route.continue();
  });
  await page.keyboard.press("u");
  await page.click("button:has-text('Dừng')");
  await page.waitForSelector(".ban:has-text('Đã dừng')");
  expect(
    changes.some((change) => change.startsWith("DELETE /api/v1/searches/")),
    "a search that is stopped is cancelled on the server",
    changes.at(-1),
  );
  provoked = troubles.length;
  answer = "broken";
  await page.keyboard.press("u");
  await page.waitForSelector("[role=alert]:has-text('the disk cannot be read')");
  await page.screenshot({ path: join(shots, "search-failed.png") });
  answer = "";
  await page.click("[role=alert] button");
  await page.waitForSelector(".results .rowgroup .erow");
  troubles.splice(provoked);
  expect(true, "an error is told with a retry that helps");
  await line.fill("source.ip:192.0.2.250");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-testid=nothing]");
  expect(
    (await page.locator("[data-testid=nothing]").innerText()).includes("1 nguồn"),
    "where nothing is found, it says where it was looked for",
    await page.locator("[data-testid=nothing]").innerText(),
  );
  await shoot("search-nothing");
  await page.keyboard.press("Shift+Escape");
  await page.waitForSelector(".results .rowgroup .erow");

  // English, and every width.
  await page.click("[data-testid=person]");
  await page.click("[role=menuitemcheckbox]:has-text('English')");
  await page.waitForSelector("h1:has-text('Search')");
  await page.keyboard.press("Escape");
  const english = await page.locator("main").evaluate((main) => {
    const copy = main.cloneNode(true);
    for (const odd of copy.querySelectorAll(".results, .fields, bdi")) odd.remove();
    return copy.textContent;
  });
  expect(!/[ăâđêôơưạảấầậắằặẹẻếềệịọốồộớờợụứừự]/i.test(english), "English is complete", english);
  await page.locator(".rowgroup .erow").first().click();
  await shoot("search-english");
  await page.keyboard.press("Escape");
  for (const width of [360, 640, 960, 1280, 1920, 3840]) {
    await page.setViewportSize({ width, height: width < 700 ? 740 : Math.round(width * 0.5625) });
    await page.waitForTimeout(300);
    expect(!(await wide()), `nothing is wider than a screen of ${width} px`, await page.evaluate(() => document.documentElement.scrollWidth));
    if (width === 360 || width === 960) await clean(`search at ${width} px`);
    await page.screenshot({ path: join(shots, `search-${width}.png`) });
  }

  expect(troubles.length === 0, "no console errors and no violation of the policy", [...new Set(troubles)].join("\n"));
  expect(outside.filter((url) => !url.startsWith("blob:")).length === 0, "no request leaves for elsewhere", outside.join("\n"));
});
