// An administrator: a token made, used, revoked; an account with a role; a source edited and ended; settings, audit trail,
// backup, own sessions. Every page of Administration and Sources is looked at by axe in both languages and all themes.
//   node journeys/administrator.mjs ../build/release/vonggac
import { accessible, addSource, attack, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const TABS = [
  ["health", "Sức khoẻ"],
  ["users", "Tài khoản"],
  ["tokens", "Mã truy cập"],
  ["organisations", "Đơn vị"],
  ["audit", "Nhật ký kiểm toán"],
  ["settings", "Thiết đặt"],
  ["backup", "Sao lưu"],
  ["aside", "Để riêng"],
];

await journey("administrator", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const made = await addSource(api, "web-01");
  await addSource(api, "tường-lửa".normalize("NFD").replace(/\p{M}/gu, "").replace("đ", "d"));
  await sendLog(server, made.token, attack);
  await sendLog(server, made.token, "\u0001\u0002 nobody knows this\n");
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  await signIn(page, server.origin);

  await page.click("nav.nav a:has-text('Quản trị')");
  await page.click(".tabs a:has-text('Mã truy cập')");
  await page.click("button:has-text('Tạo mã')");
  await page.selectOption("[role=dialog] select >> nth=1", "web-01");
  await page.click("[role=dialog] button[type=submit]");
  const token = await page.locator("[data-testid=secret]").innerText();
  const send = () => fetch(`${server.origin}/ingest/raw`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: "x\n" });
  expect((await send()).ok, "the new token sends");
  await page.screenshot({ path: `${process.env.CONSOLE_SHOTS ?? "../build/console-shots"}/token.png` }).catch(() => undefined);
  await page.click("button:has-text('Đã chép, đóng lại')");
  expect(!(await page.content()).includes(token), "the token is shown once");
  await page.locator("tbody tr button").last().click();
  await page.click("[role=dialog] button.stopfill");
  await page.waitForSelector("td:has-text('thu hồi')");
  const sent = [];
  for (const row of await api.get("/api/v1/tokens?limit=100").then((list) => list.items)) sent.push(row.revoked);
  expect(sent.filter(Boolean).length === 1, "one token is revoked", sent);

  await page.click(".tabs a:has-text('Tài khoản')");
  await page.click("button:has-text('Thêm tài khoản')");
  await page.fill("[role=dialog] input[name=name]", "thu.hang");
  await page.selectOption("[role=dialog] select[name=role]", "reader");
  await page.click("[role=dialog] button[type=submit]");
  const link = await page.locator("[data-testid=secret]").innerText();
  expect(link.includes("/ui/first-run?link="), "a new account gets a one-time link", link);
  await page.click("button:has-text('Đã chép, đóng lại')");
  await page.locator("tr", { hasText: "thu.hang" }).locator("button").click();
  await page.selectOption("[role=dialog] select[name=role]", "analyst");
  await page.click("button:has-text('Đổi vai trò')");
  await page.waitForSelector("[role=status]:has-text('Đã đổi vai trò')");
  await page.click("[role=dialog] button:has-text('Khoá')");
  await page.click("[role=dialog] button.stopfill");
  await page.waitForSelector("[role=dialog] button:has-text('Mở')");
  await page.keyboard.press("Escape");
  await page.waitForSelector("tr:has-text('thu.hang'):has-text('phân tích viên')");
  expect(true, "its role is changed, and it is locked");
  await page.click("th button:has-text('Tên')");
  await page.waitForSelector("th[aria-sort=ascending]");
  await page.fill("input[type=search]", "THU.HÀNG");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  expect(true, "a table sorts, and is searched without accents and capitals");
  await page.fill("input[type=search]", "");

  await page.click(".tabs a:has-text('Nhật ký kiểm toán')");
  await page.click("button:has-text('Kiểm tra chuỗi')");
  await page.waitForSelector("[role=status]:has-text('Chuỗi nguyên vẹn')");
  expect((await page.locator("tbody").innerText()).includes("token:revoke"), "the audit trail tells what was done, and is verified");
  await page.click("button:has-text('Cột')");
  await page.click("[role=menuitemcheckbox]:has-text('Mã băm')");
  await page.waitForSelector("th:has-text('Mã băm')");
  await page.keyboard.press("Escape");
  expect(true, "columns are chosen");

  await page.click("[data-testid=person]");
  await page.click("[role=menuitem]:has-text('Tài khoản của tôi')");
  await page.waitForSelector("[role=dialog] :text('phiên này')");
  await page.locator("[role=dialog] button:has-text('Đăng xuất nơi đó')").first().click();
  await page.waitForFunction(() => [...document.querySelectorAll("[role=dialog] button")].filter((button) => button.textContent?.includes("Đăng xuất nơi đó")).length === 0);
  expect(true, "one's other session is ended");
  await page.click("[role=dialog] button:has-text('Đóng lại')");

  await page.click("nav.nav a:has-text('Nguồn dữ liệu')");
  await page.click("td a:has-text('web-01')");
  await page.waitForSelector("h2:has-text('Bản ghi chưa đọc được gần nhất')");
  await page.waitForSelector(".rate canvas");
  await picture(page, "source");
  await accessible(page, "a source");
  await page.click("button:has-text('Sửa')");
  await page.fill("[role=dialog] input[name=format]", "no-such-format");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[role=dialog] [role=alert]");
  await page.fill("[role=dialog] input[name=format]", "sshd");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("dd:has-text('sshd')");
  expect(true, "a source is edited, and a format that does not exist is refused in words");
  await page.click("button:has-text('Ngừng nguồn')");
  await page.click("[role=dialog] button.stopfill");
  await page.waitForSelector(":text('đã ngừng')");
  expect((await send()).status === 401 || (await send()).status === 403, "an ended source takes nothing any more");

  for (const [language, words] of [
    ["vi", 1],
    ["en", 0],
  ]) {
    await page.evaluate((value) => {
      localStorage.setItem("vonggac.language", value);
    }, language);
    for (const [tab, title] of TABS) {
      await page.goto(`${server.origin}/ui/administration?tab=${tab}`);
      await page.waitForSelector(".tabs a[aria-current]");
      await page.waitForTimeout(400);
      if (words === 1) await picture(page, `administration-${tab}`);
      await accessible(page, `administration ${tab} (${language}, ${title})`);
    }
    await page.goto(`${server.origin}/ui/sources`);
    await page.waitForSelector("tbody tr");
    if (words === 1) await picture(page, "sources");
    await accessible(page, `sources (${language})`);
  }
  nothingOdd(watch);
});
