// Hunts: an address that was known to nobody when it came is asked of the past, and a new rule is asked by itself; both become
// findings, and each says what was covered.
//   node journeys/hunts.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const RULE = `title: A guest signed in
title_vi: Khách đăng nhập
id: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a99
level: high
logsource:
  product: linux
  service: sshd
detection:
  sign_in:
    user.name: khach
  condition: sign_in
`;

await journey("hunts", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  const hosts = ["may-1", "may-2", "may-3"];
  await sendLog(server, token, hosts.map((host) => attackOn(host).replace("for root", "for khach")).join(""));
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  const dialog = "[role=dialog]";
  await signIn(page, server.origin);
  await page.goto(`${server.origin}/ui/hunts`);
  await page.waitForSelector("text=Chưa có lượt săn nào");
  await accessible(page, "no hunt yet");

  await page.click("button:has-text('Săn ngược')");
  await page.fill(`${dialog} [name=name]`, "công văn tháng 6");
  await page.fill(`${dialog} [name=values]`, "203[.]0[.]113[.]46\nnobody.example\n");
  await page.fill(`${dialog} [name=days]`, "7");
  await accessible(page, "a new hunt");
  await picture(page, "hunt-dialog");
  await page.click(`${dialog} button[type=submit]`);
  await page.waitForSelector("tr:has-text('công văn tháng 6') td:has-text('xong')");
  const [hunt] = (await api.get("/api/v1/hunts")).items;
  expect(hunt.values === 2 && hunt.hits === hosts.length && hunt.findings > 0, "each event with the address is a hit", JSON.stringify(hunt));
  await page.click("button[aria-label='Đã hỏi những gì: công văn tháng 6']");
  await page.waitForSelector("[data-testid=coverage]");
  await accessible(page, "what a hunt covered");
  await picture(page, "hunt-coverage");
  await page.click(`${dialog} footer button`);
  const told = (await api.get("/api/v1/findings")).items.filter((one) => one.retrospective > 0);
  expect(told.length === hunt.findings, "its findings are marked as retrospective", JSON.stringify(told));

  await api.post("/api/v1/own-rules", { text: RULE, reason: "theo dõi tài khoản khách" });
  await page.reload();
  await page.waitForSelector("tr:has-text('A guest signed in') td:has-text('xong')");
  const byRule = (await api.get("/api/v1/hunts")).items.find((one) => one.origin === "rules");
  expect(byRule?.hits === hosts.length && byRule.findings === hosts.length, "a new rule is asked of the past by itself", JSON.stringify(byRule));
  const found = (await api.get("/api/v1/findings")).items.filter((one) => one.rule.id === "0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a99");
  expect(found.length === hosts.length, "and tells each machine once", JSON.stringify(found));
  await accessible(page, "hunts");
  await picture(page, "hunts");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
  await picture(page, "hunts-360");
  nothingOdd(watch);
});
