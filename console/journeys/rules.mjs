// Detection by its pages: rules found without accents, one read with its remarks and its score, tried on old events, changed
// with remarks at its lines and tried on a pasted record, kept as an own rule, switched off and on with a reason, taken back;
// what a correlation counts now; what is covered.
//   node journeys/rules.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const ROOT_LOGIN = "c6a6956d-8951-4b78-b9f1-2b5a41299e10";
const REFUSED_MANY = "9a3fd7b4-1f0e-4a53-8a0d-2c6f1b7f5d02"; // event_count, gte 5 by source.ip within 10 minutes

await journey("rules", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token } = await addSource(api, "web-01");
  for (let host = 0; host < 3; host += 1) await sendLog(server, token, attackOn(`web-${host}`));
  const failed = attackOn("web-1").replace("Accepted", "Failed");
  for (let at = 0; at < 3; at += 1) await sendLog(server, token, failed);
  const watch = await watched(browser, server.origin);
  const { page } = watch;
  const narrow = async (what) => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360 && document.querySelector(".main").scrollWidth <= 360), `${what}: nothing is wider than 360 px`);
    await picture(page, `${what}-360`);
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  await signIn(page, server.origin);

  // The list, by keys alone.
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForSelector("[data-rule]");
  await page.waitForSelector(`[data-rule="${ROOT_LOGIN}"] td a:has-text("3")`);
  await accessible(page, "Rules");
  await picture(page, "rules");
  await narrow("rules");
  await page.keyboard.press("f");
  await page.keyboard.type("VONG GAC t1021.004");
  await page.waitForFunction(() => location.search.includes("q=") && document.querySelectorAll("[data-rule]").length < 20);
  await page.waitForSelector(`[data-rule="${ROOT_LOGIN}"]`);
  await page.selectOption("select[name=found]", "yes");
  await page.waitForFunction(() => document.querySelectorAll("[data-rule]").length === 1);
  expect(page.url().includes("found=yes"), "the filter stands in the address", page.url());
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll("[data-rule]").length === 1);
  await page.locator("h1").click();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");

  // One rule.
  await page.waitForSelector("h2:has-text('Nguyên văn')");
  await page.waitForSelector(".code pre:has-text('logsource')");
  await page.waitForSelector("[aria-labelledby=remarks] :is(.state, .remarks)");
  const facts = await page.locator("aside.rail").innerText();
  expect(
    ["Vọng Gác", "Apache-2.0", "T1078.003", "linux / sshd", "Xem các phát hiện"].every((words) => facts.includes(words)),
    "author, licence, ATT&CK, log source and score stand beside it",
    facts,
  );
  await page.waitForFunction(async () => (await (await fetch("/api/v1/events/count?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")).json()).count >= 6, undefined, { polling: 500 });
  await page.click("[aria-labelledby=backtest] button:has-text('Chạy thử')");
  await page.waitForSelector("[data-testid=backtest]:has-text('3 lần khớp')");
  expect((await page.locator("[data-testid=backtest] .plain a").count()) === 3, "the backtest names the events");
  await page.waitForSelector("[aria-labelledby=cases] [data-case='attack.log']");
  await page.click("[aria-labelledby=cases] button:has-text('Chạy các ca')");
  await page.waitForSelector("[data-testid=cases]:has-text('ca đều đúng')");
  const cases = await page.locator("[aria-labelledby=cases]").innerText();
  expect(/attack\.log\s+tấn công[\s\S]*đúng, \d+ bản ghi/.test(cases) && cases.includes("benign.log"), "each case tells its kind and its result", cases);
  await page.click("[data-case='attack.log'] summary");
  expect((await page.locator("[data-case='attack.log'] .caserecords").innerText()).includes("Accepted password for root"), "and shows its records");
  await accessible(page, "a rule");
  await picture(page, "rule");
  await narrow("rule");

  // Changed: a remark at its line, and the test on a pasted record, both while one types.
  await page.keyboard.press("e");
  await page.waitForSelector(".code textarea");
  const field = page.locator(".code textarea");
  const text = await field.inputValue();
  await field.fill(text.replace("condition: login and", "condition: logni and"));
  await page.waitForSelector("[data-testid=remarks] .remarks:has-text('bị từ chối')");
  const line = text.split("\n").findIndex((one) => one.includes("condition:")) + 1;
  expect((await page.locator(".gutter .error").allInnerTexts()).includes(String(line)), "the remark stands at its line", await page.locator(".gutter .error").allInnerTexts());
  expect(await page.locator("button:has-text('Lưu và dùng')").isDisabled(), "a rule with errors cannot be kept");
  await accessible(page, "the editor with an error");
  await picture(page, "editor-error");
  await page.click("[data-testid=remarks] .remarks button");
  expect(await page.evaluate(() => document.activeElement?.tagName === "TEXTAREA"), "the remark leads to its line");
  await page.reload();
  await page.waitForSelector(".ban:has-text('bản nháp')");
  expect((await field.inputValue()).includes("logni"), "what was typed outlives a reload");
  await page.click("button:has-text('Bỏ bản nháp')");
  await page.fill("textarea[name=sample]", attackOn("db-7"));
  await page.waitForSelector("[data-testid=trial]:has-text('Khớp')");
  const parts = await page.locator("[data-testid=trial]").innerText();
  expect(parts.includes("user.name") && parts.includes("sự kiện có: root"), "each part of the condition tells what the event has", parts);
  await page.fill("textarea[name=sample]", attackOn("db-7").replace("for root", "for an"));
  await page.waitForSelector("[data-testid=trial]:has-text('Không khớp')");
  await accessible(page, "the editor with a test");
  await picture(page, "editor");
  await narrow("editor");
  const { items } = await api.get(`/api/v1/events?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&q=${encodeURIComponent("user.name:root event.outcome:success")}&limit=1`);
  await page.fill("textarea[name=sample]", "");
  await page.fill("input[name=event]", items[0].id);
  await page.waitForSelector("[data-testid=trial]:has-text('Sự kiện')");
  expect((await page.locator("[data-testid=trial]").innerText()).includes("Khớp"), "and a stored event by its identifier");

  // Kept as a rule of our own, under an identifier of its own.
  await page.click("button:has-text('Đổi mã mới')");
  await field.fill((await field.inputValue()).replace(/^title: .*$/m, "title: Root by password, here").replace(/^title_vi: .*$/m, "title_vi: Root vào bằng mật khẩu ở đơn vị ta"));
  await page.waitForSelector("button:has-text('Lưu và dùng'):not([disabled])");
  await page.click("button:has-text('Lưu và dùng')");
  await page.fill("[role=dialog] textarea", "đơn vị tự theo dõi");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("h1:has-text('Root vào bằng mật khẩu ở đơn vị ta')");
  const own = new URL(page.url()).pathname.split("/").at(-1);
  expect((await api.get(`/api/v1/rules/${own}`)).pack === "own", "it stands in the pack of own rules");
  await sendLog(server, token, attackOn("own-1"));
  await page.waitForFunction(async (id) => (await (await fetch(`/api/v1/findings?rule=${id}&limit=5`)).json()).items.length === 1, own, { polling: 300 });
  expect(true, "and finds from the next record on");
  const refused = await api
    .post("/api/v1/own-rules", { text: "title: T\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a77\nlogsource:\n  product: p\ndetection:\n  a:\n    f: x\n  condition: b\n", reason: "thử" })
    .catch((error) => String(error));
  expect(String(refused).includes("400") && String(refused).includes("line"), "a rule that cannot be used is refused by line", refused);
  expect((await api.get("/api/v1/rule-packs")).items.find((pack) => pack.name === "own")?.rules === 1, "and nothing of it is kept");

  // Off and on, with a reason.
  await page.keyboard.press("o");
  await page.fill("[role=dialog] textarea", "ồn trong giờ bảo trì");
  await accessible(page, "switching off");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector(".ban:has-text('ồn trong giờ bảo trì')");
  const inForce = async () => (await api.get("/api/v1/rules?limit=1000")).items.some((rule) => rule.id === own);
  expect((await api.get(`/api/v1/rules/${own}`)).off && !(await inForce()), "it is off, and still shown");
  await picture(page, "rule-off");
  await page.goto(`${server.origin}/ui/rules?state=off`);
  await page.waitForFunction(() => document.querySelectorAll("[data-rule]").length === 1);
  await page.click("[data-rule] button:has-text('Bật')");
  await page.fill("[role=dialog] textarea", "xong bảo trì");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("text=Không quy tắc nào khớp bộ lọc");
  expect(await inForce(), "it is on again");

  // In English: what it costs, cases that do not stand beside an own rule.
  await page.goto(`${server.origin}/ui/rules/${own}`);
  await page.waitForSelector("[aria-labelledby=cases]:has-text('Không có ca nào đi cùng quy tắc này')");
  await page.evaluate(() => localStorage.setItem("vonggac.language", "en"));
  await page.goto(`${server.origin}/ui/rules/${ROOT_LOGIN}`);
  await page.click("[aria-labelledby=cases] button:has-text('Run the cases')");
  await page.waitForSelector("[data-testid=cases]:has-text('As they must be, all cases')");
  await picture(page, "rule-english");
  await page.evaluate(() => localStorage.setItem("vonggac.language", "vi"));

  // Taken back.
  await page.goto(`${server.origin}/ui/rules/${own}`);
  await page.click("button:has-text('Bỏ quy tắc tự viết')");
  await page.fill("[role=dialog] textarea", "không cần nữa");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("[data-rule]");
  expect(!(await inForce()), "an own rule is taken back");
  const audit = (await api.get("/api/v1/audit?limit=100")).items.map((one) => one.action);
  for (const action of ["rule:write", "rule:disable", "rule:enable", "rule:unwrite"]) expect(audit.includes(action), `the audit chain holds ${action}`, audit.join(" "));

  // What a correlation counts at the moment.
  await page.goto(`${server.origin}/ui/rules/${REFUSED_MANY}`);
  await page.waitForSelector("[aria-labelledby=groups] td:has-text('203.0.113.46')");
  const group = await page.locator("[aria-labelledby=groups] tbody tr").first().innerText();
  expect(/3\s*≥ 5/.test(group), "a group tells its count against the threshold", group);
  expect(/\d+\u00a0(ph|giây)/.test(group), "and the time left", group);
  expect((await page.locator("[aria-labelledby=remarks]").innerText()).includes("bị từ chối") === false, "a correlation is judged with the rules that it counts");
  await page.click("[aria-labelledby=groups] summary");
  await accessible(page, "a correlation's groups");
  await picture(page, "correlation");
  await narrow("correlation");

  // What is covered, and by packs.
  await page.goto(`${server.origin}/ui/rules/coverage`);
  await page.waitForSelector(".tactics a");
  await page.waitForSelector("h2:has-text('Quy tắc chưa có nguồn nào cấp')");
  expect((await page.locator(".tactics a:not(.unfed)").count()) > 0 && (await page.locator(".tactics a.unfed").count()) > 0, "techniques with and without a source are told apart");
  await accessible(page, "Coverage");
  await picture(page, "coverage");
  await narrow("coverage");
  await page.click(".tabs a:has-text('Gói quy tắc')");
  await page.waitForSelector("text=Chưa cài gói nào");
  await accessible(page, "Packs");
  nothingOdd(watch);
});
