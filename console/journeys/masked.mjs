// A name in a finding: masked at first, shown for a minute to who may see it and says why, hidden again, in the audit chain;
// and never shown to who may not.
//   node journeys/masked.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, PASSWORD, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const NAME = "nguyen.van.binh";

await journey("masked", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  // A rule of our own that asks for the account, so that its name stands in the finding.
  const rule = `title: An account logged in over SSH
id: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a55
logsource:
  service: sshd
detection:
  login:
    event.action: ssh_login
    user.name|contains: binh
  condition: login
level: high
`;
  await api.post("/api/v1/own-rules", { text: rule, reason: "theo dõi tài khoản" });
  await sendLog(server, token, attackOn("web01").replace("for root", `for ${NAME}`));
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Phát hiện')");
  await page.waitForSelector(".grid-row a");
  expect(!(await page.content()).includes(NAME), "the list of findings shows no name");
  await page.locator(".grid-row a").first().click();
  await page.waitForSelector(".maskednote button:has-text('Hiện với lý do')");
  await page.waitForSelector("h2:has-text('Sự kiện đầu và cuối')");
  expect(!(await page.content()).includes(NAME), "nor does the finding, its events and what is around it");
  await accessible(page, "a finding with a masked name");
  await picture(page, "finding-masked");

  await page.click(".maskednote button:has-text('Hiện với lý do')");
  await page.waitForSelector("[role=dialog]");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[role=dialog] [role=alert]");
  expect(!(await page.content()).includes(NAME), "without a reason nothing is shown");
  await page.fill("[role=dialog] textarea", "xác minh người đăng nhập");
  await page.keyboard.press("Tab");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[role=status]:has-text('Ẩn lại sau')");
  await page.waitForSelector(`[aria-labelledby=why]:has-text('${NAME}')`);
  expect(true, "with a reason the name is shown, with a count of seconds");
  await page.waitForSelector(".tl:has-text('xác minh người đăng nhập')");
  const audit = (await api.get("/api/v1/audit?limit=50")).items.filter((line) => line.action === "personal:reveal");
  expect(audit.length === 1 && JSON.stringify(audit[0]).includes("xác minh người"), "the audit chain holds who looked and why", JSON.stringify(audit));
  await page.click("button:has-text('Ẩn')");
  await page.waitForFunction((name) => !document.querySelector("[aria-labelledby=why]").textContent.includes(name), NAME);
  expect(true, "hidden again by a button");

  // Who may not see names is told whom to ask.
  const { link } = await api.post("/api/v1/users", { name: "xem", role: "reader" });
  await setPassword({ origin: server.origin, link });
  const other = await watched(browser, server.origin);
  await signIn(other.page, server.origin, "xem", PASSWORD);
  await other.page.goto(page.url());
  await other.page.waitForSelector(".maskednote");
  expect((await other.page.locator(".maskednote button").count()) === 0 && !(await other.page.content()).includes(NAME), "a reader has no button and sees no name");
  nothingOdd(watch);
  nothingOdd(other);
});
