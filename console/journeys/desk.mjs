// At the desk: one looks at one organisation or several, takes back what was just done, reads what happened around a finding
// sideways, and stops a search whose bars grow.
//   node journeys/desk.mjs ../build/release/vonggac
import { accessible, attackOn, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

await journey("desk", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const units = {};
  for (const name of ["Sở Y tế", "Sở Tài chính", "Sở Công thương"]) {
    units[name] = await api.post("/api/v1/organisations", { name });
    const source = `nguon-${Object.keys(units).length}`;
    await api.post("/api/v1/sources", { name: source, organisation: units[name].id, zone: "Asia/Ho_Chi_Minh" });
    const { token } = await api.post("/api/v1/tokens", { role: "ingest", source });
    await sendLog(server, token, attackOn(`may-${Object.keys(units).length}`));
  }
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  const rows = (count) => page.waitForFunction((want) => document.querySelectorAll(".grid-row").length === want, count);
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Phát hiện')");
  await rows(3);

  // One organisation, by keys alone and without accents.
  await page.click("[data-testid=scope]");
  await page.waitForSelector("[role=tree]");
  await accessible(page, "the choice of organisations");
  await picture(page, "organisations");
  await page.keyboard.type("tai chinh");
  await page.keyboard.press("Enter");
  await rows(1);
  expect(page.url().includes(`organisation=${units["Sở Tài chính"].id}`), "the chosen organisation stands in the address", page.url());
  expect((await page.locator("[data-testid=scope]").innerText()).includes("Sở Tài chính"), "and in the top bar");
  await page.click("nav.nav a:has-text('Nguồn dữ liệu')");
  await page.waitForSelector("tbody tr:has-text('nguon-2')");
  expect((await page.locator("tbody tr:has-text('nguon-')").count()) === 1 && page.url().includes("organisation="), "it goes along to the sources, which are its own", page.url());
  await page.click("nav.nav a:has-text('Tìm kiếm')");
  await page.waitForSelector("[data-testid=total]:has-text('1 sự kiện')");
  expect(page.url().includes("organisation="), "and to the search, which counts its events alone", page.url());

  // Two of them: Space adds, the button takes the choice.
  await page.click("nav.nav a:has-text('Phát hiện')");
  await rows(1);
  await page.click("[data-testid=scope]");
  await page.waitForSelector("[role=tree]");
  await page.keyboard.type("y te");
  await page.waitForSelector("[role=treeitem]:has-text('Sở Y tế')");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press(" ");
  await page.click(".unitbox button[type=submit]");
  await rows(2);
  expect((await page.locator("[data-testid=scope]").innerText()).includes("2 đơn vị"), "several are told as a number");
  await page.reload();
  await rows(2);
  expect(true, "the choice outlives a reload, for it stands in the address");
  await page.keyboard.press("Control+k");
  await page.waitForSelector("[role=combobox]");
  await page.keyboard.type("xem moi don vi");
  await page.waitForSelector("[role=option][aria-selected=true]:has-text('Xem mọi đơn vị')");
  await page.keyboard.press("Enter");
  await rows(3);
  expect(!page.url().includes("organisation="), "the palette goes back to all", page.url());

  // Taken, and given back.
  await page.keyboard.press("j");
  await page.keyboard.press("a");
  await page.waitForSelector("[data-testid=undo]:has-text('Đã tiếp nhận 1 phát hiện')");
  await accessible(page, "the undo line");
  await picture(page, "undo");
  await page.keyboard.press("z");
  await page.waitForSelector("[data-testid=undo]:has-text('Đã hoàn tác 1 phát hiện')");
  const states = async () =>
    (await api.get("/api/v1/findings?limit=10")).items
      .map((finding) => finding.state)
      .sort()
      .join(" ");
  expect((await states()) === "new new new", "Z makes it new again", await states());
  for (let at = 0; at < 3; at += 1) {
    await page.keyboard.press(at === 0 ? "Home" : "j");
    await page.keyboard.press("x");
  }
  await page.click(".bulk button:has-text('Đóng 3')");
  await page.fill("[role=dialog] textarea", "thử nghiệm của đơn vị");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[data-testid=undo]:has-text('Đã đóng 3 phát hiện')");
  await page.click("[data-testid=undo] button:has-text('Hoàn tác (Z)')");
  await page.waitForSelector("[data-testid=undo]:has-text('Đã hoàn tác 3 phát hiện')");
  expect((await states()) === "new new new", "three that were closed are open again", await states());
  const audit = (await api.get("/api/v1/audit?limit=50")).items.map((line) => line.action);
  for (const [action, times] of [
    ["finding:acknowledge", 1],
    ["finding:unacknowledge", 1],
    ["finding:close", 3],
    ["finding:reopen", 3],
  ])
    expect(audit.filter((one) => one === action).length === times, `the audit chain holds ${action} ${times} times`, audit.join(" "));

  // Somebody else changed it meanwhile: nothing of theirs is undone.
  await page.keyboard.press(".");
  await page.waitForSelector(".grid-row >> nth=2");
  await page.locator(".grid-row a").first().click();
  await page.waitForSelector("h1");
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await page.waitForSelector("button.pri:has-text('Tiếp nhận')");
  await page.keyboard.press("a");
  await page.waitForSelector("[data-testid=undo]:has-text('Đã tiếp nhận')");
  await api.post(`/api/v1/findings/${id}/close`, { reason: "người khác đã đóng" });
  const before = watch.troubles.length; // the browser tells of the answer 412, which is meant
  await page.keyboard.press("z");
  await page.waitForSelector("[data-testid=undo]:has-text('1 phát hiện không đổi được')");
  watch.troubles.splice(before);
  expect((await api.get(`/api/v1/findings/${id}`)).state === "closed", "what somebody else did meanwhile is not undone");

  // What happened around it, sideways.
  await page.waitForSelector("[data-testid=timeline] .lane.hit i");
  await page.locator("[data-testid=timeline] [role=slider]").focus();
  await page.keyboard.press("Home");
  const told = await page.locator("[data-testid=timeline] [role=slider]").getAttribute("aria-valuetext");
  expect(told.includes("Sự kiện làm quy tắc cảnh báo"), "the line of time is read by keys", told);
  await accessible(page, "the line of time");
  await picture(page, "timeline");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px", await page.evaluate(() => document.documentElement.scrollWidth));
  await picture(page, "timeline-360");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press("?");
  await page.waitForSelector("[role=dialog]:has-text('hoàn tác việc vừa làm')");
  await page.keyboard.press("Escape");

  // Bars that grow: pieces of time, the newest first; what was found stays when one stops.
  let pieces = 0;
  await page.route("**/api/v1/events/histogram?**", async (route) => {
    pieces += 1;
    if (pieces < 3) await route.continue();
  });
  await page.click("nav.nav a:has-text('Tìm kiếm')");
  await page.waitForSelector("[data-testid=scanned]");
  await page.waitForFunction(() => /Đã quét [1-9]/.test(document.querySelector("[data-testid=scanned]")?.textContent ?? ""));
  await page.keyboard.press("Escape");
  await page.waitForSelector("[data-testid=partial]");
  expect(
    /Chưa quét hết: [1-9]\d?%/.test(await page.locator("[data-testid=partial]").innerText()),
    "stopped bars stay and say how far they came",
    await page.locator("[data-testid=partial]").innerText(),
  );
  await accessible(page, "stopped bars");
  await picture(page, "search-stopped");
  await page.unroute("**/api/v1/events/histogram?**");
  nothingOdd(watch);
});
