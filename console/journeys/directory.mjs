// Directory: a contact proposes ranges; an administrator sees the difference and what it would do to the lists that are kept, approves
// one and refuses another; the contact takes a third back.
//   node journeys/directory.mjs ../build/release/vonggac
import { accessible, expect, journey, nothingOdd, PASSWORD, picture, setPassword, signedIn, signIn, watched } from "./kit.mjs";

await journey("directory", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const [root] = (await api.get("/api/v1/organisations")).items;
  const school = await api.post("/api/v1/organisations", { name: "Trường Mẫu", parent: root.id });
  await api.post("/api/v1/users", { name: "dau.moi", role: "operator", password: PASSWORD });
  const contact = await signedIn(server.origin, "dau.moi");
  const propose = (organisation, range) => contact.post("/api/v1/facts", { kind: "range", organisation, body: { range }, from: "2024-01-01T00:00:00Z", document: "12/QĐ-STTTT" });

  // A list is kept while the range is the authority's.
  await api.post("/api/v1/facts", { kind: "range", organisation: root.id, body: { range: "203.0.113.0/24" }, from: "2024-01-01T00:00:00Z", document: "5/QĐ-UBND" });
  for (const range of ["203.0.113.64/26", "198.51.100.0/24", "192.0.2.0/24"]) await propose(school.id, range);

  const watch = await watched(browser, server.origin, { viewport: { width: 1440, height: 900 } });
  const { page } = watch;
  const dialog = "[role=dialog]";
  await signIn(page, server.origin);
  await page.goto(`${server.origin}/ui/lists`);
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["STT;Địa chỉ IP;Thời gian;Mã độc;Tỉnh\n1;203.0.113.70;01/06/2025 08:00:00;Mirai;Huế\n2;203.0.113.7;21/06/2025 08:00:00;Mirai;Huế\n"], "ds.csv", { type: "text/csv" }));
    return transfer;
  });
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
  await page.waitForSelector("table.map");
  await page.waitForSelector("text=Không còn gì phải hỏi");
  await page.click(".importsteps button:has-text('Giữ')");
  await page.click("button:has-text('Giữ 2 dòng')");
  await page.waitForURL(/\/lists\/[0-9a-f-]{36}/);
  const [kept] = (await api.get("/api/v1/lists")).items;

  await page.goto(`${server.origin}/ui/directory?state=proposed`);
  await page.waitForSelector("tr:has-text('203.0.113.64/26')");
  await accessible(page, "proposals");
  await picture(page, "directory-proposals");
  expect((await page.locator("button[aria-label^='Rút lại']").count()) === 0, "what others proposed is not theirs to take back");
  await page.click("button[aria-label='Duyệt: 203.0.113.64/26']");
  await page.waitForSelector(`${dialog} [data-testid=effect]`);
  const effect = await page.locator(`${dialog} [data-testid=effect]`).innerText();
  expect(effect.includes("1 trong 2 dòng") && effect.includes("203.0.113.70") && effect.includes("Trường Mẫu"), "what it would do to kept lists is shown before it is approved", effect);
  await accessible(page, "approving");
  await picture(page, "directory-approve");
  await page.setViewportSize({ width: 360, height: 740 });
  await picture(page, "directory-approve-360");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.click(`${dialog} button[type=submit]`);
  await page.waitForSelector(dialog, { state: "detached" });
  await page.waitForSelector("tr:has-text('203.0.113.64/26')", { state: "detached" });
  let theirs = 0;
  for (let tries = 0; tries < 150 && theirs !== 1; ++tries) {
    theirs = (await api.get(`/api/v1/lists/${kept.id}/rows?organisation=${school.id}`)).items.length;
    if (theirs !== 1) await new Promise((done) => setTimeout(done, 200));
  }
  expect(theirs === 1, "and then the list follows by itself", theirs);
  await page.click("button[aria-label='Từ chối: 198.51.100.0/24']");
  await page.fill(`${dialog} textarea`, "không có trong quyết định");
  await page.click(`${dialog} button.stopfill`);
  await page.waitForSelector("tr:has-text('198.51.100.0/24')", { state: "detached" });
  nothingOdd(watch);

  // The contact takes the third back.
  const other = await watched(browser, server.origin, { viewport: { width: 1440, height: 900 } });
  await signIn(other.page, server.origin, "dau.moi");
  await other.page.goto(`${server.origin}/ui/directory?state=proposed`);
  await other.page.click("button[aria-label='Rút lại: 192.0.2.0/24']");
  await other.page.fill(`${dialog} textarea`, "ghi nhầm dải");
  await accessible(other.page, "withdrawing");
  await picture(other.page, "directory-withdraw");
  await other.page.click(`${dialog} button.stopfill`);
  await other.page.waitForSelector("tr:has-text('192.0.2.0/24')", { state: "detached" });
  const facts = (await api.get("/api/v1/facts?kind=range")).items;
  const state = (range) => facts.find((fact) => fact.body.range === range)?.state;
  expect(
    state("203.0.113.64/26") === "approved" && state("198.51.100.0/24") === "refused" && state("192.0.2.0/24") === "refused",
    "each stands as it was decided",
    JSON.stringify(facts.map((fact) => [fact.body.range, fact.state])),
  );
  nothingOdd(other);
});
