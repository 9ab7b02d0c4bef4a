// By keyboard alone: sign in, take a finding, mute it, find a page by the palette, add a source, sign out. The mouse is
// never used.
//   node journeys/keyboard.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, PASSWORD, sendLog, setPassword, signedIn, watched } from "./kit.mjs";

await journey("keyboard", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  for (let host = 0; host < 3; host += 1) await sendLog(server, token, attackOn(`web-${host}`));
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focus = () => page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 80) ?? "");
  // Tabs until what has the focus reads so; never more often than a person would bear.
  const tabTo = async (wanted, most = 60) => {
    for (let turn = 0; turn < most; turn += 1) {
      await press("Tab");
      if (wanted.test(await focus())) return true;
    }
    return false;
  };
  await page.goto(`${server.origin}/ui/`);
  await page.waitForSelector("input[name=name]");
  await page.keyboard.type("admin");
  await press("Tab");
  await page.keyboard.type(PASSWORD);
  await press("Enter");
  await page.waitForSelector("nav.nav");
  expect(true, "one signs in");
  await page.waitForSelector(".q .r.on");
  await press("Tab");
  expect(/Đến nội dung/.test(await focus()), "the first stop is the link to the content", await focus());
  await press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id === "main"), "it leads there");
  await press("?");
  await page.waitForSelector("[role=dialog]:has-text('bảng lệnh')");
  await accessible(page, "the list of keys", ["light"]);
  await press("Escape");
  await press("g", "p");
  await page.waitForSelector(".grid-row >> nth=2");
  await press("j", "Enter");
  await page.waitForSelector("h2:has-text('Vì sao cảnh báo')");
  await press("a");
  await page.waitForSelector(".head .state:has-text('Đã tiếp nhận')");
  expect(true, "a finding is opened and taken");
  await press("]");
  await page.waitForSelector(".head .state:has-text('Mới')");
  expect(true, "the next one of the list is opened");
  await press("m");
  await page.waitForSelector("[role=dialog] textarea");
  expect(await page.evaluate(() => document.activeElement?.tagName === "TEXTAREA"), "the reason has the focus");
  await page.keyboard.type("bàn phím đủ dùng");
  expect(await tabTo(/^Tắt tiếng$/, 6), "the button that mutes is reached");
  await press("Enter");
  await page.waitForSelector("button:has-text('Bật tiếng lại')");
  expect(true, "it is muted");
  await press("Escape");
  await page.waitForSelector(".grid-row");
  await press("Control+k");
  await page.waitForSelector("[role=combobox]");
  await page.keyboard.type("nguon du");
  await press("Enter");
  await page.waitForSelector("h1:has-text('Nguồn dữ liệu')");
  expect(true, "a page is found by a few letters without accents");
  await press("n");
  await page.waitForSelector("[role=dialog] input[name=source]:focus");
  await page.keyboard.type("fw-02");
  await press("Enter");
  await page.waitForSelector("[data-testid=secret]");
  expect(true, "a source is added");
  await press("Escape");
  await page.waitForSelector("td:has-text('fw-02')");
  await press("F6");
  expect(await page.evaluate(() => document.activeElement !== document.body), "F6 goes to the next region");
  await press("Shift+Tab");
  await page.evaluate(() => {
    document.querySelector("[data-testid=person]")?.focus();
  });
  await press("Enter");
  await page.waitForSelector("[role=menu]");
  await page.waitForTimeout(100);
  await press("ArrowDown", "ArrowUp", "Enter");
  await page.waitForSelector("input[name=password]");
  expect(true, "one signs out");
  nothingOdd(watch);
});
