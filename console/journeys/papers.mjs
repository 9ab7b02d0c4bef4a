// From a case to the acknowledged report: a draft with what it lacks, the page as printed, signed, sent, received, and the case closes.
// And a call for help with whom to reach today.
//   node journeys/papers.mjs ../build/release/vonggac
import { accessible, expect, journey, nothingOdd, picture, setPassword, signedIn, signIn, watched } from "./kit.mjs";

await journey("papers", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { items: organisations } = await api.get("/api/v1/organisations");
  const file = await api.post("/api/v1/cases", { title: "Máy chủ thư bị chiếm quyền", kind: "unauthorised-access", detected: "2024-04-26T01:00:00Z" });
  const centre = await api.post("/api/v1/organisations", { name: "VNCERT/CC", parent: organisations[0].id });
  await api.post("/api/v1/facts", {
    kind: "contact",
    organisation: centre.id,
    body: { purpose: "incident", channel: "phone", value: "024 0000 0000", hours: "24/7" },
    from: "2020-01-01T00:00:00Z",
    document: "văn bản thử 1/2020",
  });

  const watch = await watched(browser, server.origin);
  const { page } = watch;
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Văn bản')");
  await page.waitForSelector("text=Chưa có văn bản nào");
  await accessible(page, "no papers");

  // From the case.
  await page.goto(`${server.origin}/ui/cases/${file.id}`);
  await page.click("section[aria-labelledby=case-papers] button:has-text('Báo cáo kết thúc')");
  await page.waitForSelector("[data-testid=paper-state]:has-text('Bản thảo')");
  const drawn = () =>
    page.waitForFunction(() => {
      const image = document.querySelector("[data-testid=paper-page]");
      return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 300;
    });
  await drawn();
  expect(true, "the page is drawn as it will be printed");
  const lacking = await page.locator(".paper-field.lacking").count();
  expect(lacking > 0, "what is mandatory and missing is marked", lacking);
  await accessible(page, "a draft");
  await picture(page, "paper-draft");

  // A person fills in what is missing.
  for (const name of await page.locator(".paper-field.lacking").evaluateAll((all) => all.map((one) => one.dataset.field))) {
    const field = page.locator(`[data-field="${name}"]`);
    if (await field.locator("select").count()) await field.locator("select").selectOption({ index: 1 });
    else if (await field.locator("input[type=checkbox]").count()) await field.locator("input[type=checkbox]").first().check();
    else
      await field
        .locator("input, textarea")
        .first()
        .fill(/mail/.test(name) ? "ung-cuu@don-vi.example" : "Trung tâm CNTT");
  }
  await page.click("button:has-text('Lưu nội dung')");
  await page.waitForSelector("[data-testid=paper-missing]:has-text('đủ mục bắt buộc')");
  await drawn();
  await picture(page, "paper-filled");

  // The bytes are fixed, and those are signed.
  await page.click("button:has-text('Chốt bản để ký')");
  await page.waitForSelector("[data-testid=paper-facts] li:has-text('Chốt để ký')");
  const href = await page.locator("[data-testid=paper-facts] li:has-text('Chốt để ký') a").getAttribute("href");
  const issued = Buffer.from(await page.evaluate(async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())], href));
  expect(issued.subarray(0, 5).toString() === "%PDF-", "what is given for signing is a PDF");
  await page.click("button:has-text('Ký'):not(:has-text('Chốt'))");
  const dialog = "[role=dialog]";
  await page.setInputFiles(`${dialog} input[type=file]`, { name: "da-ky.pdf", mimeType: "application/pdf", buffer: Buffer.concat([issued, Buffer.from("\n% dau do\n")]) });
  await accessible(page, "signing");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Đã ký')");
  await page.waitForSelector("[data-testid=paper-facts] li:has-text('tệp không mang chữ ký số kiểm được')");
  expect((await page.locator("button:has-text('Lưu nội dung')").count()) === 0, "what was signed is not changed any more");

  // No mail server is set: a mail is refused with what to do about it.
  await page.click("button:has-text('Gửi thư từ đây')");
  await page.fill(`${dialog} [name=addressee]`, "VNCERT/CC");
  await page.fill(`${dialog} [name=to]`, "ung-cuu@vncert.example");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`${dialog} :has-text('Chưa đặt máy chủ thư')`);
  await accessible(page, "sending by mail");
  await picture(page, "paper-post");
  await page.keyboard.press("Escape");
  watch.troubles.splice(0, watch.troubles.length, ...watch.troubles.filter((one) => !/503|mails/.test(one)));

  await page.click("button:has-text('Ghi đã gửi')");
  await page.fill(`${dialog} [name=addressee]`, "VNCERT/CC");
  await accessible(page, "sending");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Đã gửi, chưa có ghi nhận')");
  await page.waitForSelector("[data-testid=paper-clocks] li:has-text('Chủ quản')");
  expect((await api.get(`/api/v1/cases/${file.id}`)).stage === "report-sent", "sent is not closed");

  await page.click("button:has-text('Ghi nhận đã nhận')");
  await page.fill(`${dialog} [name=number]`, "15/VNCERTCC");
  await page.fill(`${dialog} [name=day]`, "2024-05-02");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Đã được ghi nhận')");
  await accessible(page, "an acknowledged paper");
  await picture(page, "paper");
  const after = await api.get(`/api/v1/cases/${file.id}`);
  expect(after.closed !== null && after.receipt === "15/VNCERTCC, 2024-05-02", "the coordinator's receipt closes the case", JSON.stringify(after));
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing of a paper is wider than 360 px");
  await picture(page, "paper-360");
  await page.setViewportSize({ width: 1280, height: 800 });

  // Help is called for.
  const other = await api.post("/api/v1/cases", { title: "Mã độc lan trong mạng", kind: "malware" });
  await page.goto(`${server.origin}/ui/cases/${other.id}`);
  await page.click("section[aria-labelledby=case-help] button:has-text('Gọi hỗ trợ')");
  await page.fill(`${dialog} [name=reason]`, "lan nhanh hơn dọn");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=help]:has-text('Chờ trả lời'):has-text('024 0000 0000')");
  expect(true, "whom to reach today stands beside the case");
  await page.click("[data-testid=help] button:has-text('Ghi cuộc gọi')");
  await page.selectOption(`${dialog} [name=kind]`, "answer");
  await page.fill(`${dialog} [name=text]`, "đã tiếp nhận, số 12");
  await accessible(page, "an answer to a call");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=help]:has-text('Đã có trả lời')");
  await page.waitForSelector("[data-testid=case-papers] li:has-text('Báo cáo ban đầu')");
  expect(true, "the initial report was drafted with it");
  await accessible(page, "a case with a call for help");
  await picture(page, "case-help");
  const sheet = await page.evaluate(async () => (await fetch(document.querySelector("[data-testid=help] a[download]").getAttribute("href"))).text());
  expect(sheet.includes("024 0000 0000") && !sheet.includes("<script"), "the call sheet has the number and needs nothing else");

  await page.click("nav.nav a:has-text('Văn bản')");
  await page.waitForSelector("td:has-text('Đã được ghi nhận')");
  await accessible(page, "papers");
  await picture(page, "papers");
  nothingOdd(watch);
});
