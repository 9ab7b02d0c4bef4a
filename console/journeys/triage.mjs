// Triage at 03:00: what is new waits behind a counter, is taken, muted and unmuted, given, closed; two tabs share one
// stream; a lost link and an ended session lose nothing that was typed.
//   node journeys/triage.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, PASSWORD, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

await journey("triage", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  for (let host = 0; host < 5; host += 1) await sendLog(server, token, attackOn(`web-${host}`));
  const watch = await watched(browser, server.origin);
  const { page, context, asked } = watch;
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Phát hiện')");
  await page.waitForSelector(".grid-row >> nth=4");
  await accessible(page, "Findings");
  const streams = () => asked.filter((url) => url.includes("/api/v1/stream")).length;
  const other = await context.newPage();
  await other.goto(`${server.origin}/ui/findings`);
  await other.waitForSelector(".grid-row >> nth=4");
  expect(streams() === 1, "two tabs hold one stream", streams());
  const calm = asked.length;
  await page.waitForTimeout(3000);
  expect(asked.slice(calm).filter((url) => url.includes("/api/v1/findings")).length === 0, "nothing is asked again and again while nothing changes", asked.slice(calm).join("\n"));

  await sendLog(server, token, attackOn("db-9"));
  await page.waitForSelector("button:has-text('1 phát hiện mới: hiện')");
  await other.waitForSelector("button:has-text('1 phát hiện mới: hiện')");
  expect((await page.locator(".grid-row").count()) === 5, "new rows wait behind the counter, in both tabs");
  await page.keyboard.press(".");
  await page.waitForSelector(".grid-row:has-text('db-9')");
  expect(true, "the key shows what is new");

  // In one tab it is taken, and the other sees the row change where it stands.
  await page.keyboard.press("j");
  await page.keyboard.press("a");
  await page.waitForSelector("[role=status]:has-text('Đã tiếp nhận 1')");
  await other.keyboard.press(".");
  await other.waitForSelector(".grid-row:has-text('Đã tiếp nhận')");
  expect(true, "what one tab takes, the other shows");

  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("m");
  await page.fill("[role=dialog] textarea", "quét định kỳ của đơn vị");
  await page.screenshot({ path: `${process.env.CONSOLE_SHOTS ?? "../build/console-shots"}/mute.png` }).catch(() => undefined);
  await page.selectOption("[role=dialog] select", "1");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[role=status]:has-text('Đã tắt tiếng 2 phát hiện')");
  await page.selectOption("select[name=muted]", "true");
  await page.waitForFunction(() => document.querySelectorAll(".grid-row").length === 2);
  expect(page.url().includes("muted=true"), "two are muted with a reason and an end, and the filter stands in the address", page.url());
  await picture(page, "findings-muted");
  await page.locator(".grid-row a").first().click();
  await page.waitForSelector(".tl:has-text('quét định kỳ của đơn vị')");
  expect((await page.locator(".tl").innerText()).includes("admin"), "the history tells who muted it and why");
  await page.click("button:has-text('Bật tiếng lại')");
  await page.waitForSelector("button:has-text('Tắt tiếng')");
  await page.waitForSelector(".tl:has-text('Bật tiếng lại')");
  expect(true, "it is unmuted, and the history says so");

  await page.click("button:has-text('Giao')");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("button:has-text('Đang ở admin')");
  expect(true, "it is given to a person");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dong");
  await page.waitForSelector("[role=option][aria-selected=true]");
  await page.waitForSelector("[role=dialog][aria-labelledby]");
  await accessible(page, "the palette", ["light", "dark", "hc"]);
  await page.keyboard.press("Escape");
  await page.click(".head button:has-text('Đóng')");
  await page.fill("[role=dialog] textarea", "đã xác minh với đơn vị");

  // The link is lost while somebody types.
  await context.setOffline(true);
  await page.waitForSelector("[data-testid=lost]");
  await page.waitForFunction(() => /Thử lại sau \d+ giây/.test(document.querySelector("[data-testid=lost]")?.textContent ?? ""));
  expect((await page.locator("[role=dialog] textarea").inputValue()) === "đã xác minh với đơn vị", "while the link is lost, what was typed is kept");
  expect((await page.locator("h1").innerText()).includes("root đăng nhập SSH"), "what was read goes on being shown");
  await picture(page, "link-lost");
  await context.setOffline(false);
  await page.waitForSelector("[data-testid=lost]", { state: "detached" });
  expect((await page.locator("[role=dialog] textarea").inputValue()) === "đã xác minh với đơn vị", "the banner goes when the link is back, the text stays");

  // The session ends elsewhere: one signs in again over the page, and the text is still there.
  const users = await api.get("/api/v1/users?limit=10");
  await api.post(`/api/v1/users/${users.items[0].id}/sessions/end`, undefined).catch(() => undefined);
  await page.waitForSelector(".over input[name=password]");
  await page.fill(".over input[name=name]", "admin");
  await page.fill(".over input[name=password]", PASSWORD);
  await page.click(".over button[type=submit]");
  await page.waitForSelector(".over", { state: "detached" });
  expect((await page.locator("[role=dialog] textarea").inputValue()) === "đã xác minh với đơn vị", "after signing in again, what was typed is still there");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector(".head .state:has-text('Đã đóng')");
  expect(true, "it is closed with a reason");

  await page.click("nav.nav a:has-text('Phát hiện')");
  await page.selectOption("select[name=by]", "entity");
  await page.waitForSelector("tbody tr >> nth=5");
  expect((await page.locator("tbody tr").count()) === 6, "findings are counted by entity", await page.locator("tbody tr").count());
  await page.fill("input[type=search]", "DB-9");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await picture(page, "findings-grouped");
  await accessible(page, "grouped findings");
  await page.click("tbody tr a");
  await page.waitForSelector(".grid-row:has-text('db-9')");
  expect(page.url().includes("like="), "a group opens its findings by one of them", page.url());
  nothingOdd(watch);
});
