// The organisation's own view: a contact signs in on a telephone, sees ten machines, answers four one by one with a picture as evidence and six by
// the sheet; the coordinator returns one, which comes back with its reason. Nothing of another organisation can be reached, by page or by API.
//   node journeys/own_view.mjs ../build/release/vonggac
import { execFileSync } from "node:child_process";
import { accessible, expect, journey, nothingOdd, PASSWORD, picture, program, setPassword, signedIn, watched } from "./kit.mjs";

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
const seen = (ips) => `ip,timestamp,family\n${ips.map((ip) => `${ip},${day(9)}T03:00:00Z,Sality`).join("\n")}\n`;
const mine = Array.from({ length: 10 }, (_, at) => `203.0.113.${10 + at}`);

// Whatever can be pressed is 44 px high and wide, and nothing is wider than the screen.
async function touchable(page, what) {
  const small = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        ".ownview a, .ownview button, .ownview summary, .ownview input:not([type=checkbox]), .ownview select, [role=dialog] button, [role=dialog] input:not([type=checkbox]), [role=dialog] select",
      ),
    ]
      .filter((element) => !element.classList.contains("skip") && element.getClientRects().length > 0)
      .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
      .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
      .map(([html, box]) => `${html} ${box.width}×${box.height}`),
  );
  expect(small.length === 0, `what can be pressed on ${what} has 44 px`, small.join("\n"));
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `nothing on ${what} is wider than the screen`);
}

await journey("own_view", async ({ server, browser, data }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const command = (words, input) => execFileSync(program, [...words, "--data", data], { encoding: "utf8", ...(input === undefined ? {} : { input }) }).trim();
  const school = await api.post("/api/v1/organisations", { name: "Trường THPT số 2 Lam Khê" });
  const clinic = await api.post("/api/v1/organisations", { name: "Trạm y tế Đồng Cau" });
  for (const [organisation, range] of [
    [school, "203.0.113.0/24"],
    [clinic, "198.51.100.0/24"],
  ])
    await api.post("/api/v1/facts", { kind: "range", organisation: organisation.id, body: { range }, from: "2020-01-01T00:00:00Z", document: "QĐ 1/2020" });
  command(
    ["list", "import", "-", "--map", "ip=victim", "--map", "timestamp=seen", "--map", "family=family", "--zone", "UTC", "--series", "botnet", "--issuer", "CATTT", "--format", "json"],
    seen([...mine, "198.51.100.5"]),
  );
  command(["user", "add", "hoa", "--role", "organisation-contact", "--org", school.id, "--password-stdin"], PASSWORD);
  command(["user", "add", "binh", "--role", "duty-lead", "--password-stdin"], PASSWORD);
  const coordinator = await signedIn(server.origin, "binh");
  const all = (await api.get("/api/v1/case-items?limit=100")).items;
  const theirs = all.find((item) => item.organisation === clinic.id);
  expect(all.length === 11 && theirs !== undefined, "eleven machines of two organisations are open", JSON.stringify(all.map((item) => item.subject)));

  const watch = await watched(browser, server.origin, { viewport: { width: 390, height: 844 } });
  const { page } = watch;
  await page.goto(`${server.origin}/ui/`);
  await page.fill("input[name=name]", "hoa");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("[data-testid=own-head]:has-text('10 máy cần bạn làm')");
  expect((await page.locator("header b").innerText()) === "Trường THPT số 2 Lam Khê", "the page says whose it is");
  expect((await page.locator("[data-testid=own-item]").count()) === 10, "its own ten machines are there");
  expect(!(await page.locator("body").innerText()).includes("198.51.100.5"), "and not those of the clinic");
  for (const step of ["Xem: máy nào?", "Làm sạch", "Trả lời"]) expect((await page.locator("[data-testid=own-item]").first().innerText()).includes(step), `a machine says what to do: ${step}`);
  await accessible(page, "what is to do");
  await touchable(page, "what is to do");
  await picture(page, "own-todo");

  // One by one: removed with a picture, not ours, not found, a false report.
  const dialog = "[role=dialog]";
  const answer = async (ip, button, fill) => {
    const item = page.locator(`[data-testid=own-item][aria-label='${ip}']`);
    if (["Báo sai", "Cần hỗ trợ", "Xin ngoại lệ"].includes(button)) await item.locator("summary").click();
    await item.locator(`button[aria-label='${button}: ${ip}']`).click();
    await page.waitForSelector(`${dialog} [name=text]`);
    await fill();
    await page.click(`${dialog} button.pri`);
    await page.waitForSelector(dialog, { state: "detached" });
    await item.waitFor({ state: "detached" });
  };
  await answer(mine[0], "Đã gỡ xong, gửi kết quả", async () => {
    await page.fill(`${dialog} [name=removed]`, `${day(1)}T10:00`);
    await page.fill(`${dialog} [name=tool]`, "USB cứu hộ 2026");
    await page.fill(`${dialog} [name=hash]`, "a".repeat(64));
    await page.setInputFiles(`${dialog} [name=file]`, { name: "kết quả quét.png", mimeType: "image/png", buffer: Buffer.from("the bytes of a picture") });
    await accessible(page, "an answer");
    await touchable(page, "an answer");
    await picture(page, "own-answer");
  });
  await answer(mine[1], "Không phải của đơn vị", async () => {
    await page.fill(`${dialog} [name=until]`, day(400));
    await page.fill(`${dialog} [name=text]`, "đã trả dải này");
  });
  await answer(mine[2], "Không tìm ra máy", () => page.fill(`${dialog} [name=text]`, "không có nhật ký NAT"));
  await answer(mine[3], "Báo sai", () => page.fill(`${dialog} [name=text]`, "máy quét của phòng tin học"));
  await page.waitForSelector("[data-testid=own-head]:has-text('6 máy cần bạn làm')");
  expect(true, "four are answered one by one");

  // Six by the sheet that the page gives, with a line of the clinic slipped in.
  const given = await page.evaluate(async () => (await fetch("/api/v1/case-answers/sheet?format=csv")).text());
  const [head, ...lines] = given.replace("\uFEFF", "").trim().split("\r\n");
  const columns = head.split(",");
  const place = columns.findIndex((title) => title === "Trả lời");
  expect(place > 0 && !given.includes(theirs.id), "the sheet has a column for answers, and nothing of the clinic", head);
  const open = new Set((await coordinator.get("/api/v1/case-items?limit=100&state=open")).items.map((item) => item.id));
  const filled = lines
    .filter((line) => open.has(line.split(",")[0]))
    .map((line) => {
      const [id] = line.split(",");
      return `${id},Đã gỡ,${day(1).split("-").reverse().join("/")} 16:10,AV 12,-,Sạch,cài lại máy`;
    });
  expect(filled.length === 6, "six are left for the sheet", filled.length);
  const sheet = ['Mã mục,Trả lời,Gỡ lúc,Công cụ,SHA-256 của tệp đã gỡ,Quét lại,"Lý do, ghi chú"', ...filled, `${theirs.id},Báo sai,,,,,của người khác`].join("\n");
  const upload = () => page.setInputFiles("input[name=sheet]", { name: "tra-loi.csv", mimeType: "text/csv", buffer: Buffer.from(`${sheet}\n`) });
  await upload();
  await page.waitForSelector("[data-testid=sheet-account]:has-text('7 dòng đã đọc = 6 câu trả lời mới + 0 không đổi + 1 không nhận')");
  await page.waitForSelector("[data-testid=sheet-account] li:has-text('Dòng 8: Không có mục này')");
  expect((await coordinator.get("/api/v1/case-items?limit=100&state=open")).items.length === 7, "a preview keeps nothing");
  await accessible(page, "the account of a sheet");
  await page.locator("[data-testid=sheet-account]").scrollIntoViewIfNeeded();
  await picture(page, "own-sheet");
  await page.click("[data-testid=sheet-account] button.pri");
  await page.waitForSelector("[data-testid=own-head]:has-text('Không còn máy nào cần làm')");
  await page.waitForSelector("[data-testid=sheet-account]:has-text('Đã nhận bảng.')");
  await upload();
  await page.waitForSelector("[data-testid=sheet-account]:has-text('7 dòng đã đọc = 0 câu trả lời mới + 6 không đổi + 1 không nhận')");
  expect((await coordinator.get(`/api/v1/case-items/${theirs.id}`)).state === "open", "the clinic's machine is as it was");

  // The coordinator returns one; it is there again, and says why.
  const third = all.find((item) => item.subject === mine[2]);
  await coordinator.post(`/api/v1/case-items/${third.id}/judge`, { accept: false, reason: "tra nhật ký proxy ngày hôm đó" });
  await page.reload();
  await page.waitForSelector("[data-testid=own-head]:has-text('1 máy cần bạn làm')");
  await page.waitForSelector("[data-testid=returned]:has-text('tra nhật ký proxy ngày hôm đó')");
  await page.setViewportSize({ width: 360, height: 740 });
  await accessible(page, "what was returned");
  await touchable(page, "what was returned");
  await picture(page, "own-returned-360");
  await answer(mine[2], "Cần hỗ trợ", () => page.fill(`${dialog} [name=text]`, "chưa có nhật ký proxy"));

  // What was answered, with the file that was sent; the cases; the organisation.
  await page.click("nav.owntabs a:has-text('Đã trả lời')");
  await page.waitForSelector(`[data-testid=own-answered][aria-label='${mine[0]}'] a:has-text('kết quả quét.png')`);
  expect((await page.locator("[data-testid=own-answered]").count()) === 10, "all ten are answered");
  const file = page.locator(`[data-testid=own-answered][aria-label='${mine[0]}'] a`);
  const kept = await page.evaluate(
    async (href) => {
      const response = await fetch(href);
      return [await response.text(), response.headers.get("content-type"), response.headers.get("content-disposition")];
    },
    await file.getAttribute("href"),
  );
  expect(kept[0] === "the bytes of a picture" && kept[1] === "application/octet-stream" && kept[2].startsWith("attachment;"), "the file is given back as it was, and not to be shown", kept.join("; "));
  expect((await page.locator(`[data-testid=own-answered][aria-label='${mine[0]}']`).innerText()).includes("bằng chứng của lần gỡ 1"), "the removal names it as evidence");
  await accessible(page, "what was answered");
  await touchable(page, "what was answered");
  await picture(page, "own-answered-360");
  // What the coordinator sends to the school is there, and its receipt is the school's to confirm.
  const notice = await coordinator.post("/api/v1/papers", { form: "organisation-notice", organisation: school.id, from: `${day(30)}T00:00:00Z`, until: `${day(-1)}T00:00:00Z` });
  const needed = (await coordinator.get(`/api/v1/papers/${notice.id}/fields`)).fields.filter((one) => one.missing);
  if (needed.length > 0) await coordinator.patch(`/api/v1/papers/${notice.id}`, { fields: Object.fromEntries(needed.map((one) => [one.name, "2026"])) });
  await coordinator.post(`/api/v1/papers/${notice.id}/send`, { channel: "system", role: "organisation", addressee: "Trường THPT số 2 Lam Khê" });
  await page.click("nav.owntabs a:has-text('Văn bản')");
  await page.waitForSelector("[data-testid=own-paper]:has-text('Đã gửi, chưa có ghi nhận')");
  await accessible(page, "a notice that came");
  await touchable(page, "a notice that came");
  await picture(page, "own-notice-360");
  const pdf = await page.evaluate(async (href) => (await (await fetch(href)).text()).slice(0, 5), await page.locator("[data-testid=own-paper] a").getAttribute("href"));
  expect(pdf === "%PDF-", "the notice is given as it was sent", pdf);
  await page.click("[data-testid=own-paper] button:has-text('Xác nhận đã nhận')");
  await page.waitForSelector("[data-testid=own-paper]:has-text('Đã được ghi nhận')");
  const receipt = (await coordinator.get(`/api/v1/papers/${notice.id}/facts`)).items.at(-1);
  expect(receipt.kind === "acknowledged" && receipt.actor === "user:hoa", "the coordinator sees who confirmed it", JSON.stringify(receipt));
  await page.waitForSelector("[data-testid=own-case]");
  expect((await page.locator("[data-testid=own-case]").count()) === 1, "its one case is there");
  await accessible(page, "its papers");
  await touchable(page, "its papers");
  await picture(page, "own-papers-360");
  await page.click("nav.owntabs a:has-text('Đơn vị')");
  await page.waitForSelector("b:has-text('203.0.113.0/24')");
  expect(!(await page.locator("body").innerText()).includes("198.51.100"), "and no range of the clinic");
  await accessible(page, "its organisation");
  await touchable(page, "its organisation");
  await picture(page, "own-unit-360");

  // Nothing of the clinic by the API either, whatever is asked.
  const reached = await page.evaluate(
    async ([item, file]) => {
      const session = await (await fetch("/api/v1/session")).json();
      const post = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": session.csrf }, body });
      const lists = await Promise.all(
        [
          "case-items?limit=1000",
          "cases?limit=1000",
          "case-answers/sheet?format=csv",
          "report/inside.json?time.min=2020-01-01T00:00:00Z",
          "report/inside.csv?time.min=2020-01-01T00:00:00Z",
          "facts?kind=range&limit=1000",
          "organisations?limit=1000",
          "list-hits?limit=1000",
          "findings?limit=1000",
        ].map(async (path) => [path, await (await fetch(`/api/v1/${path}`)).text()]),
      );
      const asked = [
        `case-items/${item}`,
        `case-items/${item}/verdict`,
        `case-items/${item}/attachments`,
        `cases/${file}`,
        `cases/${file}/items`,
        `cases/${file}/timeline`,
        `cases/${file}/attachments`,
        `case-answers/sheet?case=${file}`,
      ];
      const refused = await Promise.all(asked.map(async (path) => [path, (await fetch(`/api/v1/${path}`)).status]));
      refused.push(["answer", (await post(`/api/v1/case-items/${item}/answer`, JSON.stringify({ answer: "false-report", text: "x" }))).status]);
      refused.push(["attach", (await post(`/api/v1/case-items/${item}/attachments?name=x`, "x")).status]);
      return { lists, refused };
    },
    [theirs.id, theirs.case],
  );
  for (const [path, text] of reached.lists) {
    const traces = [theirs.id, theirs.case, "198.51.100", "Đồng Cau", clinic.id].filter((trace) => text.includes(trace));
    expect(traces.length === 0, `${path} holds nothing of the clinic`, traces.join(", "));
  }
  expect(reached.lists[0][1].includes(mine[0]) && reached.lists[3][1].includes(mine[0]), "and does hold what is its own");
  for (const [path, status] of reached.refused) expect(status === 404, `${path} of the clinic is not there`, status);
  await page.goto(`${server.origin}/ui/cases/${theirs.case}`);
  await page.waitForSelector("[role=alert]");
  expect(!(await page.locator("body").innerText()).includes("198.51.100"), "nor does the page of its case show anything");
  nothingOdd(watch);
});
