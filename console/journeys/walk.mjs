// From the received file to the answer letter, and the relapse a month later, without a manual: a new administrator of a node that knows
// nothing follows the first page from step to step. The letters are those of the demonstration (demo/letters.py).
//   node journeys/walk.mjs ../build/release/vonggac
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { accessible, expect, journey, nothingOdd, picture, setPassword, signedIn, signIn, watched } from "./kit.mjs";

const ago = (days) => new Date(Date.now() - days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
const DESK = "192.0.2.41";
const PROXY = "192.0.2.72";

await journey("walk", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const folder = mkdtempSync(join(tmpdir(), "vonggac-letters-"));
  execFileSync("python3", [join(dirname(fileURLToPath(import.meta.url)), "../../demo/letters.py"), folder]);
  const letter = (number) => readFileSync(join(folder, `danh-sach-${number}.csv`), "utf8");

  const watch = await watched(browser, server.origin, { viewport: { width: 1440, height: 900 } });
  const { page } = watch;
  const dialog = "[role=dialog]";
  await signIn(page, server.origin);
  const step = async (words) => {
    await page.click("nav.nav a:has-text('Trực ban')");
    await page.waitForSelector(`[data-testid=first-steps] li[aria-current=step]:has-text('${words}')`);
  };
  const go = () => page.click("[data-testid=first-steps] li[aria-current=step] a");

  // Whose addresses.
  await step("Dải địa chỉ của đơn vị");
  await accessible(page, "the first steps");
  await picture(page, "walk-steps");
  await go();
  await page.click("button:has-text('Thêm dải địa chỉ')");
  await page.fill(`${dialog} [name=range]`, "192.0.2.0/25");
  await page.fill(`${dialog} [name=document]`, "5/QĐ-UBND");
  await page.fill(`${dialog} [name=from]`, ago(700));
  await page.click(`${dialog} button[type=submit]`);
  await page.waitForSelector("tr:has-text('192.0.2.0/25') td:has-text('đã duyệt')");

  // The file of the letter, as it came.
  const take = async (number, rows) => {
    const data = await page.evaluateHandle(
      ([title, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], title, { type: "text/csv" }));
        return transfer;
      },
      [`danh-sach-${number}.csv`, letter(number)],
    );
    await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
    await page.waitForSelector("text=Không còn gì phải hỏi");
    expect(true, `nothing has to be asked about letter ${number}`);
    await page.click(".importsteps button:has-text('Giữ')");
    await page.click(`button:has-text('Giữ ${rows} dòng')`);
    await page.waitForURL(/\/lists\/[0-9a-f-]{36}/);
  };
  await step("Đưa danh sách vào");
  await go();
  await take(1, 3);
  const [kept] = (await api.get("/api/v1/lists")).items;
  expect(kept.counts.read === 5 && kept.counts.accepted === 3 && kept.counts.duplicate === 1 && kept.counts.rejected === 1, "every row is accounted for", JSON.stringify(kept.counts));
  expect(kept.attribution.owner === 2, "two addresses are his organisation's", JSON.stringify(kept.attribution));

  // Each address is answered for, with evidence.
  const answer = async (subject) => {
    await page.click("nav.nav a:has-text('Vụ việc')");
    await page.click("tbody td a[href*='/cases/']");
    await page.click(`button[aria-label='Trả lời: ${subject}']`);
    await page.fill(`${dialog} [name=removed]`, `${ago(55)}T10:00`);
    await page.fill(`${dialog} [name=tool]`, "Rescue Disk");
    await page.fill(`${dialog} [name=hash]`, "a".repeat(64));
    await page.click(`${dialog} button.pri`);
    await page.waitForSelector(`tr:has-text('${subject}') td:has-text('Đã gỡ')`);
  };
  await step("Làm sạch và trả lời từng địa chỉ");
  await go();
  await answer(DESK);
  await answer(PROXY);
  await picture(page, "walk-answered");

  // The answer letter, drafted from the case.
  await step("Gửi thư trả lời");
  await go();
  await page.click("button:has-text('Lập văn bản')");
  await page.selectOption(`${dialog} [name=form]`, "reply");
  await page.selectOption(`${dialog} [name=case]`, { index: 1 });
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Bản thảo')");
  for (const name of await page.locator(".paper-field.lacking").evaluateAll((all) => all.map((one) => one.dataset.field)))
    await page.locator(`[data-field="${name}"] :is(input, textarea)`).first().fill("Trực ban CNTT, 02400000000");
  await page.click("button:has-text('Lưu nội dung')");
  await page.waitForSelector("[data-testid=paper-missing]:has-text('đủ mục bắt buộc')");
  await page.waitForFunction(() => {
    const image = document.querySelector("[data-testid=paper-page]");
    return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 300;
  });
  await picture(page, "walk-letter");
  await page.click("button:has-text('Chốt bản để ký')");
  const issued = page.locator("[data-testid=paper-facts] li:has-text('Chốt để ký') a");
  const bytes = Buffer.from(await page.evaluate(async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())], await issued.getAttribute("href")));
  await page.click("button:has-text('Ký'):not(:has-text('Chốt'))");
  await page.setInputFiles(`${dialog} input[type=file]`, { name: "da-ky.pdf", mimeType: "application/pdf", buffer: bytes });
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Đã ký')");
  await page.click("button:has-text('Ghi đã gửi')");
  await page.fill(`${dialog} [name=addressee]`, "CQĐP-GSAT");
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector("[data-testid=paper-state]:has-text('Đã gửi')");
  await page.click("nav.nav a:has-text('Trực ban')");
  await page.waitForSelector("[data-testid=now-cases], .rail");
  await page.waitForSelector("[data-testid=first-steps]", { state: "detached" });
  expect(true, "after the answer nothing is left of the first steps");

  // The next month's list names one of them still, the one after that both: one is closed, and comes back to its own case.
  await page.goto(`${server.origin}/ui/lists`);
  await take(2, 2);
  const item = async (subject) => (await api.get("/api/v1/case-items")).items.find((one) => one.subject === subject);
  await page.click("nav.nav a:has-text('Vụ việc')");
  await page.click("tbody td a[href*='/cases/']");
  await page.click(`button[aria-label='Đóng: ${DESK}']`);
  await page.waitForSelector(`${dialog} :text('đủ bằng chứng để đóng')`);
  await page.click(`${dialog} button.pri`);
  await page.waitForSelector(`tr:has-text('${DESK}') td:has-text('có bằng chứng')`);
  expect((await item(PROXY)).state === "open", "what the next list still names is not believed", JSON.stringify(await item(PROXY)));
  const before = await item(DESK);
  await page.goto(`${server.origin}/ui/lists`);
  await take(3, 2);
  const after = await item(DESK);
  expect(after.case === before.case && after.relapses === 1 && after.state === "open", "the relapse finds its own case by itself", JSON.stringify(after));
  await page.click("nav.nav a:has-text('Trực ban')");
  await page.waitForSelector("[data-testid=now-cases] a:has-text('tái nhiễm')");
  await picture(page, "walk-relapse");
  nothingOdd(watch);
  rmSync(folder, { recursive: true });
});
