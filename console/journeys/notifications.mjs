// Notifications by their tab: a rule made with recipients, quiet hours and an escalation, tested (there is no mail server, which is
// said), changed, switched off, removed; what waits in the outbox.
//   node journeys/notifications.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

// Quiet hours that do not hold now, whatever the hour: a message would wait for their end.
const hour = (later) => `${String((new Date(Date.now() + 7 * 3_600_000).getUTCHours() + later) % 24).padStart(2, "0")}:00`;
const FROM = hour(3);
const UNTIL = hour(11);

await journey("notifications", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  await signIn(page, server.origin);
  await page.goto(`${server.origin}/ui/administration?tab=notifications`);
  await page.waitForSelector("text=Chưa có quy tắc thông báo nào");
  await page.click("button:has-text('Thêm quy tắc thông báo')");
  const dialog = "[role=dialog]";
  await page.fill(`${dialog} [name=name]`, "Ca trực");
  await page.fill(`${dialog} [name=mail]`, "truc@don-vi.example\nan@don-vi.example");
  await page.fill(`${dialog} [name=from]`, FROM);
  await page.fill(`${dialog} [name=until]`, UNTIL);
  for (const day of ["T7", "CN"]) await page.uncheck(`${dialog} [data-testid=quiet-days] label:has-text('${day}') input`);
  await page.fill(`${dialog} [name=after]`, "30");
  await page.fill(`${dialog} [name=higher]`, "truong-phong@don-vi.example");
  await accessible(page, "a new rule");
  await picture(page, "notifications-dialog");
  await page.click(`${dialog} button:has-text('Thêm quy tắc thông báo')`);
  await page.waitForSelector("td:has-text('Ca trực')");
  const row = await page.locator("tr:has-text('Ca trực')").innerText();
  expect(
    ["truc@don-vi.example, an@don-vi.example", "Cao", `${FROM}–${UNTIL}, bắt đầu vào T2, T3, T4, T5, T6`, "sau 30 phút", "Đang bật"].every((words) => row.includes(words)),
    "the rule stands in the list",
    row,
  );
  const stored = (await api.get("/api/v1/notification-rules")).items[0];
  expect(stored.quiet.days.join() === "mon,tue,wed,thu,fri", "the days on which the quiet hours begin", JSON.stringify(stored.quiet));
  expect(stored.quiet.from === FROM && stored.escalation.mail[0] === "truong-phong@don-vi.example" && stored.below, "as it was typed", JSON.stringify(stored));

  await page.click("button[aria-label='Gửi thử: Ca trực']");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=outcomes] li:nth-child(2)");
  const outcomes = await page.locator("[data-testid=outcomes]").innerText();
  expect(outcomes.includes("truc@don-vi.example") && outcomes.includes("Chưa đặt máy chủ thư: xem cài đặt smtp.host"), "what became of the test is told of each recipient", outcomes);
  await picture(page, "notifications-test");
  await page.click(`${dialog} button:has-text('Đóng lại')`);

  await sendLog(server, token, attackOn("web-1"));
  for (let tries = 0; tries < 200 && (await api.get("/api/v1/notifications")).items.length === 0; tries += 1) await page.waitForTimeout(200);
  await page.reload();
  await page.waitForSelector("[aria-labelledby=notify-outbox] td:has-text('đang chờ')");
  await page.waitForSelector("[aria-labelledby=notify-outbox] td:has-text('Chưa đặt máy chủ thư')");
  await accessible(page, "Notifications");
  await picture(page, "notifications");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
  await picture(page, "notifications-360");
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.click("button[aria-label='Sửa: Ca trực']");
  await page.uncheck(`${dialog} label:has-text('Bật quy tắc này') input`);
  await page.click(`${dialog} button:has-text('Lưu')`);
  await page.waitForSelector("tr:has-text('Ca trực') td:has-text('Đang tắt')");
  await page.click("button[aria-label='Xoá: Ca trực']");
  await page.click(`${dialog} button.stopfill`);
  await page.waitForSelector("text=Chưa có quy tắc thông báo nào");
  nothingOdd(watch);
});
