// Work in cases: two are merged and part again, a playbook becomes tasks that somebody does, many are assigned at once with an account, the
// board moves one on, and the three conditions of a serious incident are stated.
//   node journeys/case_work.mjs ../build/release/vonggac
import { execFileSync } from "node:child_process";
import { accessible, expect, journey, nothingOdd, picture, program, setPassword, signedIn, signIn, watched } from "./kit.mjs";

await journey("case_work", async ({ server, browser, data }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const command = (words) => execFileSync(program, [...words, "--data", data], { encoding: "utf8" }).trim();
  const open = (title, kind, ...subjects) => {
    const made = JSON.parse(command(["case", "open", title, "--kind", kind, "--format", "json"]));
    const file = Array.isArray(made) ? made[0] : made;
    for (const subject of subjects) command(["case", "add", file.id, subject, "--family", "LockBit"]);
    return file;
  };
  const first = open("Máy chủ tệp bị mã hóa", "encryption", "may-chu-tep.example", "may-tram-7.example");
  const second = open("Máy trạm báo đòi tiền", "encryption", "may-tram-9.example");
  open("Trang giả mạo cổng dịch vụ", "phishing", "gia-mao.example");

  const watch = await watched(browser, server.origin);
  const { page } = watch;
  const dialog = "[role=dialog]";
  await signIn(page, server.origin);
  await page.click("nav.nav a:has-text('Vụ việc')");
  await page.waitForSelector("td:has-text('Trang giả mạo cổng dịch vụ')");

  // Many at once, with an account of each: the report cannot be sent while items are open.
  for (const title of ["Máy chủ tệp bị mã hóa", "Trang giả mạo cổng dịch vụ"]) await page.check(`input[aria-label='Chọn ${title}']`);
  await page.click(".bulk button:has-text('Giao việc')");
  await page.fill(`${dialog} [name=text]`, "thu-hang");
  await accessible(page, "assigning many");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`${dialog} [data-testid=account]`);
  expect((await page.locator(`${dialog} [data-testid=account] li:has-text('xong')`).count()) === 2, "both are assigned");
  await page.click(`${dialog} footer button`);
  await page.waitForSelector("td:has-text('thu-hang')");
  for (const title of ["Máy chủ tệp bị mã hóa", "Trang giả mạo cổng dịch vụ"]) await page.check(`input[aria-label='Chọn ${title}']`);
  await picture(page, "cases-chosen");
  await page.click(".bulk button:has-text('Chuyển bước')");
  await page.selectOption(`${dialog} [name=stage]`, "report-sent");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`${dialog} [data-testid=account]`);
  const account = await page.locator(`${dialog} [data-testid=account]`).innerText();
  expect(account.includes("chưa đóng") && !account.includes("xong"), "each says why it was refused", account);
  await picture(page, "cases-account");
  await page.click(`${dialog} footer button`);

  // The board: one is moved on by its button.
  await page.click("button:has-text('Theo bước')");
  await page.waitForSelector("[data-stage=received] [data-case='1']");
  await accessible(page, "the board");
  await picture(page, "cases-board");
  await page.click("[data-stage=received] [data-case='1'] button[aria-label^='Chuyển sang']");
  await page.waitForSelector("[data-stage=verifying] [data-case='1']");
  expect(true, "a case is moved on by a button");
  await page.selectOption("[name=kind]", "phishing");
  await page.waitForSelector("[data-stage=verifying] :text('không có')");
  expect((await page.locator("[data-case]").count()) === 1, "the filter holds on the board");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "the board is no wider than 360 px");
  await picture(page, "cases-board-360");
  await page.setViewportSize({ width: 1440, height: 900 });

  // Merged, and taken back.
  await page.goto(`${server.origin}/ui/cases/${first.id}`);
  await page.click("button:has-text('Gộp vào đây')");
  await page.check(`${dialog} label:has-text('Máy trạm báo đòi tiền') input`);
  await accessible(page, "merging");
  await picture(page, "case-merge");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("td:has-text('may-tram-9.example')");
  await page.waitForSelector("[data-testid=taken] li:has-text('Máy trạm báo đòi tiền')");
  await page.click("[data-testid=taken] a");
  await page.waitForSelector("a:has-text('Đã gộp vào vụ việc 1')");
  expect(true, "the merged case stays readable and points to the other");
  await page.click("a:has-text('Đã gộp vào vụ việc 1')");
  await page.click("[data-testid=taken] button");
  await page.waitForSelector("td:has-text('may-tram-9.example')", { state: "detached" });
  expect((await api.get(`/api/v1/cases/${second.id}`)).items === 1, "the merge is taken back");

  // Split off.
  await page.click("button:text-is('Tách')");
  await page.check(`${dialog} label:has-text('may-tram-7.example') input`);
  await page.fill(`${dialog} [name=title]`, "Máy trạm 7");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("td:has-text('may-tram-7.example')", { state: "detached" });
  expect(true, "an item becomes a case of its own");

  // A playbook becomes tasks; they are done, or not needed.
  await page.click("button:has-text('Bắt đầu kịch bản')");
  await page.waitForSelector(`${dialog} [data-testid=steps] li`);
  await accessible(page, "a playbook");
  await picture(page, "case-playbook");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=tasks] .task:has-text('Ngắt lây lan')");
  const steps = await page.locator("[data-testid=tasks] .task").count();
  expect(steps >= 10, "its steps are tasks", String(steps));
  await page.click("button[aria-label^='Xong: Tiếp nhận và xác minh']");
  await page.waitForSelector(".task[data-outcome=done]:has-text('Tiếp nhận và xác minh')");
  await page.click("button[aria-label^='Không cần: Tìm công cụ giải mã']");
  await page.fill(`${dialog} [name=note]`, "có bản sao lưu dùng được");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(".task[data-outcome=not-needed]:has-text('có bản sao lưu dùng được')");
  await page.click("button:has-text('Thêm việc')");
  await page.fill(`${dialog} [name=title]`, "Gọi đầu mối của đơn vị");
  await page.fill(`${dialog} [name=due]`, "2024-05-01T08:00");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(".task:has-text('Gọi đầu mối của đơn vị') .c-critical:has-text('quá hạn')");
  expect(true, "what is late says so");

  // Serious: the three conditions.
  await page.waitForSelector("[data-testid=seriousness] li:has-text('chưa biết cấp độ')");
  await page.click("button[aria-label='Nhận định: Một trong năm tác động']");
  await page.fill(`${dialog} [name=reason]`, "dữ liệu kế toán mất, không có bản sao");
  await page.selectOption(`${dialog} [name=kind]`, "data-integrity");
  await accessible(page, "stating an impact");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=seriousness] li:has-text('mất toàn vẹn')");
  expect((await page.locator("[data-testid=serious-all]").innerText()) === "chưa đủ để biết", "what nobody has said is not known");
  await page.click("button:has-text('Xác nhận nghiêm trọng')");
  await page.fill(`${dialog} [name=reason]`, "lãnh đạo quyết định");
  await page.click(`${dialog} button.stopfill`);
  await page.waitForSelector(".chip:has-text('Nghiêm trọng')");
  await accessible(page, "a case at work");
  await picture(page, "case-work");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than 360 px");
  await picture(page, "case-work-360");
  nothingOdd(watch);
});
