// First run to first finding: the one-time link, a password, the second step, the name of the organisation, the first
// source; the wait for its first event turns when it comes; then the finding, field by field, and what is done with it.
//   node journeys/first_finding.mjs ../build/release/vonggac
import { accessible, attack, expect, journey, nothingOdd, PASSWORD, picture, sendLog, totp, watched } from "./kit.mjs";

await journey("first_finding", async ({ server, browser }) => {
  const watch = await watched(browser, server.origin);
  const { page, context } = watch;
  await page.goto(server.link);
  await page.waitForSelector("input[name=password]");
  await picture(page, "first-password");
  await accessible(page, "the page of the one-time link");
  await page.fill("input[name=password]", "short");
  await page.fill("input[name=again]", "short");
  await page.click("button[type=submit]");
  await page.waitForSelector("[role=alert]:has-text('ít nhất 12')");
  await page.fill("input[name=password]", PASSWORD);
  await page.fill("input[name=again]", "another sentence altogether");
  await page.click("button[type=submit]");
  await page.waitForSelector("[role=alert]:has-text('không giống nhau')");
  expect(true, "a password that is short or typed differently is told before it is sent");
  await page.fill("input[name=again]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("h1:has-text('Bắt đầu')");
  expect(true, "the one-time link leads in");

  await page.click("button:has-text('Bật: tạo khoá mới')");
  const key = await page.locator("[data-testid=secret]").innerText();
  await page.fill("input[name=code]", totp(key, 0));
  await page.click("button:has-text('Bật bước thứ hai')");
  await page.waitForSelector("[role=status]:has-text('Bước thứ hai đã bật')");
  await accessible(page, "the first run");
  await page.click("button:has-text('Tiếp')");
  await page.fill("input[name=organisation]", "Sở Tài chính Lam Khê");
  await page.click("button:has-text('Giữ tên này')");
  await page.waitForSelector("h2:has-text('Nối nguồn đầu tiên')");
  await page.fill("input[name=source]", "web-01");
  await page.click("button:has-text('Thêm nguồn và tạo mã gửi')");
  const token = await page.locator("[data-testid=secret]").innerText();
  expect(token.length > 20, "the token of a new source is shown once", token.length);
  for (const way of ["Winlogbeat", "Filebeat", "Vector", "OpenTelemetry", "curl"]) {
    await page.click(`button:has-text('${way}')`);
    expect((await page.locator(".copyrow pre").innerText()).includes(token), `the set-up for ${way} holds the token`);
  }
  await page.waitForSelector("[role=status]:has-text('Chờ sự kiện đầu tiên')");
  await picture(page, "first-source");
  const hostile = "May 13 02:15:09 web01 sshd[21878]: Accepted password for root from 203.0.113.46 port 51813 ssh2 <script>alert(1)</script>\u202Egpj.exe\u001b[31m\n";
  await sendLog(server, token, Buffer.concat([attack, Buffer.from(hostile)]));
  await page.waitForSelector("[data-testid=first-event]");
  expect(true, "the wait for the first event turns when it comes");
  await picture(page, "first-event");
  await page.click("button:has-text('Xong, vào Trực ban')");
  await page.waitForSelector("h1:has-text('Trực ban')");
  expect(!(await page.content()).includes(token), "the token is gone afterwards");
  expect((await page.locator("header.top").innerText()).length > 0, "the frame stands");
  await page.waitForSelector(".q .r:has-text('root đăng nhập SSH')");
  await picture(page, "now");
  await accessible(page, "Now");

  await page.click(".q .r:has-text('host:web01') a");
  await page.waitForSelector("h2:has-text('Vì sao cảnh báo')");
  await page.waitForSelector("td:has-text('Khớp')");
  expect((await page.locator("table").first().innerText()).includes("user.name"), "the detail tells the field that made it fire");
  await page.locator("[role=group] button").last().click();
  await page.waitForSelector("[role=group] button[aria-pressed=true]:last-child");
  await page.waitForSelector("button:has-text('Hiện với lý do')");
  await page.locator("button:has-text('Hiện với lý do')").first().click();
  await page.fill("[role=dialog] textarea", "xem bản gốc để xử lý");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[role=status]:has-text('Ẩn lại sau')");
  expect(true, "masked values are shown for a minute to who says why");
  await page.waitForSelector("pre.raw:has-text('<script>alert(1)</script>')");
  expect((await page.locator(".esc").allInnerTexts()).join(" ").includes("U+202E"), "a character that turns the direction of text is shown as an escape");
  await page.click("summary");
  await picture(page, "finding");
  await accessible(page, "a finding");

  await page.click("[data-testid=person]");
  await page.click("[role=menuitem]:has-text('Đăng xuất')");
  await page.waitForSelector("input[name=password]");
  await accessible(page, "the sign-in");
  await page.fill("input[name=name]", "admin");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("[role=alert]");
  expect(true, "with the second step on, the password alone is refused");
  await page.fill("input[name=code]", totp(key, 1));
  await page.click("button[type=submit]");
  await page.waitForSelector("h1:has-text('Trực ban')");
  expect(true, "the code of the second step lets one in");
  await page.goto(server.link);
  await page.waitForSelector("[role=alert]");
  expect((await page.locator("main").innerText()).includes("chỉ dùng một lần"), "the link works once");

  // What the server says about the files themselves.
  const index = await fetch(`${server.origin}/ui/findings?state=new`, { headers: { "Accept-Encoding": "br" } });
  const text = await index.text();
  const script = await fetch(server.origin + /src="([^"]+)"/.exec(text)[1], { headers: { "Accept-Encoding": "gzip;q=0, br" } });
  expect(index.status === 200 && index.headers.get("cache-control") === "no-store", "a route of the application gives the index, never stored", index.headers.get("cache-control"));
  expect(
    /default-src 'none'/.test(index.headers.get("content-security-policy")) && !/unsafe/.test(index.headers.get("content-security-policy")),
    "the policy allows nothing inline",
    index.headers.get("content-security-policy"),
  );
  expect(!/<script(?![^>]*src=)|<style| style=/.test(text), "the index holds no inline script or style", text);
  expect((text.match(/rel="preload"[^>]*as="font"/g) ?? []).length >= 4, "the index preloads the fonts", text);
  expect(
    script.headers.get("content-encoding") === "br" && /immutable/.test(script.headers.get("cache-control")) && script.headers.get("content-type").startsWith("text/javascript"),
    "a script comes compressed, typed and immutable",
    [...script.headers],
  );
  expect((await fetch(`${server.origin}/ui/assets/none.js`)).status === 404, "a file that is not there is not the index");
  await context.close();
  nothingOdd(watch);
});
