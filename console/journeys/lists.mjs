// Lists: a new administrator says which range is his organisation's, lets the file of a letter go, answers what is asked, keeps it, finds
// his machine in the worklist, and sees next month what is new, persistent and gone.
//   node journeys/lists.mjs ../build/release/vonggac
import { accessible, addSource, expect, journey, nothingOdd, picture, sendLog, setPassword, signedIn, signIn, watched } from "./kit.mjs";

// Days before today, in GMT+7, as people here write them and as a field for days takes them.
const ago = (days) => new Date(Date.now() - days * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
const plain = (days) => ago(days).split("-").reverse().join("/");

// The rows of a list as it comes with a letter: an unknown column, an address that is none, one row twice, one that is nobody's here.
const first = `DANH SÁCH ĐỊA CHỈ IP KẾT NỐI MẠNG BOTNET KỲ TRƯỚC
(kèm Công văn số 1129/TTĐP2-ĐPYC ngày ${plain(30)})
STT;Thời gian;Địa chỉ IP;Đơn vị;Họ mã độc;C&C;Loại KN
1;${plain(31)} 01:14;203.0.113.47;Sở Tài chính;Mirai;198.51.100.23;TCP
2;${plain(31)} 01:20;203[.]0[.]113[.]48;Sở Tài chính;Sality;198.51.100.24;HTTP
3;${plain(31)} 01:14;203.0.113.47;Sở Tài chính;Mirai;198.51.100.23;TCP
4;${plain(31)} 03:02;203.0.113;Sở Tài chính;Mirai;198.51.100.23;TCP
5;${plain(31)} 04:12;192.0.2.201;Nơi khác;Mozi;198.51.100.31;UDP
`;
const second = `DANH SÁCH ĐỊA CHỈ IP KẾT NỐI MẠNG BOTNET KỲ NÀY
(kèm Công văn số 1240/TTĐP2-ĐPYC ngày ${plain(1)})
STT;Thời gian;Địa chỉ IP;Đơn vị;Họ mã độc;C&C;Loại KN
1;${plain(2)} 02:00;203.0.113.47;Sở Tài chính;Mirai;198.51.100.23;TCP
2;${plain(2)} 02:30;203.0.113.50;Sở Tài chính;Mirai;198.51.100.23;TCP
`;

// As a person does: the file is let go over the box.
async function letGo(page, name, text) {
  const data = await page.evaluateHandle(
    ([title, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], title, { type: "text/csv" }));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
}
const narrow = async (page, what) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide <= 360, `${what} is not wider than 360 px`, wide);
  await picture(page, `${what.replaceAll(" ", "-")}-360`);
  await page.setViewportSize({ width: 1440, height: 900 });
};
const account = async (page) => (await page.locator("[data-testid=account]").innerText()).replace(/\s+/g, " ");

await journey("lists", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const [root] = (await api.get("/api/v1/organisations")).items;
  const watch = await watched(browser, server.origin, { viewport: { width: 1440, height: 900 } });
  const { page } = watch;
  const dialog = "[role=dialog]";
  await signIn(page, server.origin);

  // His range, with the paper that says so.
  await page.goto(`${server.origin}/ui/directory`);
  await page.waitForSelector("text=Chưa có gì ở đây");
  await accessible(page, "an empty directory");
  await page.click("button:has-text('Thêm dải địa chỉ')");
  await page.fill(`${dialog} [name=range]`, "203.0.113.32/27");
  await page.fill(`${dialog} [name=document]`, "QĐ 118/QĐ-UBND");
  await page.fill(`${dialog} [name=from]`, ago(400));
  await accessible(page, "a new range");
  await picture(page, "directory-add");
  await page.click(`${dialog} button[type=submit]`);
  await page.waitForSelector("tr:has-text('203.0.113.32/27') td:has-text('đã duyệt')");
  await page.fill("form.whose [name=address]", "203.0.113.47");
  await page.click("form.whose button[type=submit]");
  const why = await page.locator("[data-testid=attribution]").innerText();
  expect(why.includes("203.0.113.32/27") && why.includes("QĐ 118/QĐ-UBND") && why.includes(root.name), "an address is explained by range, document and organisation", why);
  await accessible(page, "the directory");
  await picture(page, "directory");
  await narrow(page, "directory");

  // What the gateway and the DHCP server of that day logged is in the archive.
  const moment = new Date(`${ago(31)}T01:14:00+07:00`).getTime() / 1000;
  const gateway = await addSource(api, "gateway");
  await sendLog(
    server,
    gateway.token,
    [
      `${ago(31)} 00:30:00.000 INFO  [kea-dhcp4.leases/7.1] DHCP4_LEASE_ALLOC [hwtype=1 02:00:00:00:00:07], cid=[01:02:00:00:00:00:07], tid=0x1a: lease 10.0.0.7 has been allocated for 7200 seconds`,
      `[${moment - 20}.000000]\t    [NEW] tcp      6 120 SYN_SENT src=10.0.0.7 dst=198.51.100.23 sport=50000 dport=443 [UNREPLIED] src=198.51.100.23 dst=203.0.113.47 sport=443 dport=40001`,
      "",
    ].join("\n"),
  );

  // Nothing of a document with a secrecy mark is taken.
  await page.goto(`${server.origin}/ui/lists`);
  await page.waitForSelector("text=Chưa có danh sách nào");
  await accessible(page, "no list yet");
  await picture(page, "lists-none");
  await letGo(page, "mat.csv", `MẬT\n${first}`);
  const refused = await page.locator("[role=alert]").innerText();
  expect(/mật/i.test(refused), "a secrecy mark refuses the file and is told", refused);
  await picture(page, "list-secret");

  // The file of the letter.
  await letGo(page, "ds_thang_11.csv", first);
  await page.waitForSelector("table.map");
  const told = await account(page);
  await picture(page, "list-import");
  await accessible(page, "an import with open questions");
  expect(await page.locator("text=Cột «Loại KN» là gì?").isVisible(), "an unknown column is asked about");
  expect(await page.locator("button:has-text('Tiếp: Đối soát')").isDisabled(), "and nothing goes on before it is answered");
  await narrow(page, "list import");
  // Each question is answered with what a person of the office would say.
  for (const [legend, choice] of [
    ["Cột «Loại KN»", "protocol"],
    ["Giờ trong tệp", "Asia/Ho_Chi_Minh"],
    ["Ngày trước hay tháng trước", "day-first"],
    ["Cột «Địa chỉ IP»", "victim"],
    ["Cột «C&C»", "c2"],
  ]) {
    const question = page.locator(`fieldset:has-text('${legend}')`);
    if ((await question.count()) === 0) continue;
    const radio = question.locator(`input[value='${choice}']`);
    if (await radio.count()) await radio.click();
    else await question.locator("select").selectOption(choice);
    await question.waitFor({ state: "detached" });
  }
  await page.waitForSelector("text=Không còn gì phải hỏi");
  const after = await account(page);
  expect(after.startsWith("5 đọc = 3 nhận + 1 trùng + 1 loại"), "every row is accounted for", `${told} / ${after}`);
  const bad = await page.locator("td.bad").innerText();
  expect(bad.includes("203.0.113") && bad.includes("Thiếu một nhóm số"), "the rejected cell tells why", bad);
  expect((await page.locator("td:has-text('203[.]0[.]113[.]48') .to").innerText()).includes("203.0.113.48"), "what was read stands below what was written");
  await accessible(page, "an import without questions");
  await picture(page, "list-import-answered");
  await page.reload();
  await page.waitForSelector("text=Không còn gì phải hỏi");
  expect(/1 loại/.test(await account(page)), "one may leave and come back");

  const next = (words) => page.click(`button:has-text('Tiếp: ${words}')`);
  await next("Đối soát");
  await page.waitForSelector("button[aria-pressed=true]:has-text('Loại 1')");
  await accessible(page, "the account");
  await picture(page, "list-account");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-testid=account] a[download]")]);
  expect(download.suggestedFilename().endsWith(".csv"), "the rejected rows can be taken along", download.suggestedFilename());
  await next("Gắn đơn vị");
  const whose = await page.locator("[data-testid=attributed]").innerText();
  expect(whose.includes(root.name) && /2/.test(whose), "his organisation's rows are told", whose);
  await picture(page, "list-whose");
  await next("So với kỳ trước");
  await page.waitForSelector("text=Chưa có kỳ trước");
  await next("Giữ");
  await page.fill("[name=profile]", "TTĐP2 hằng tháng");
  await accessible(page, "keeping");
  await picture(page, "list-keep");
  await page.click("button:has-text('Giữ 3 dòng')");
  await page.waitForURL(/\/lists\/[0-9a-f-]{36}/);
  await page.waitForSelector("td:has-text('203.0.113.47')");
  await accessible(page, "a list");
  await picture(page, "list");
  await narrow(page, "list");
  const [kept] = (await api.get("/api/v1/lists")).items;
  expect(kept.counts.read === 5 && kept.counts.accepted === 3 && kept.counts.duplicate === 1 && kept.counts.rejected === 1, "the counts are kept", JSON.stringify(kept.counts));
  expect(kept.attribution.owner === 2, "and whose the rows are", JSON.stringify(kept.attribution));

  // Which machine it was is looked for by itself.
  const found = async (id) => {
    for (let tries = 0; tries < 150; ++tries) {
      const job = await api.get(`/api/v1/lists/${id}/inside`);
      if (job.state !== "waiting" && job.state !== "running") return job;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error("nobody looks for the machines");
  };
  let job = await found(kept.id);
  if (job.told.machine === 0) {
    await api.post(`/api/v1/lists/${kept.id}/inside`);
    job = await found(kept.id);
  }
  expect(job.state === "done" && job.told.machine === 1 && job.told.verify === 1, "one machine is found, the other is to be verified", JSON.stringify(job));
  await page.goto(`${server.origin}/ui/lists/worklist`);
  await page.waitForSelector("[data-testid=hits] tr:has-text('203.0.113.47')");
  const machine = await page.locator("tr:has-text('203.0.113.47') [data-testid=machine]").innerText();
  expect(machine.includes("Máy bên trong") && machine.includes("10.0.0.7") && machine.includes("02:00:00:00:00:07"), "the worklist names the machine", machine);
  const verify = await page.locator("tr:has-text('203.0.113.48') [data-testid=machine]").innerText();
  expect(verify.includes("Cần xác minh") && verify.includes("203.0.113.32/27"), "without logs the whole range is to be verified", verify);
  await page.click("tr:has-text('203.0.113.47') [data-testid=machine] summary");
  const proof = await page.locator("tr:has-text('203.0.113.47') [data-testid=machine] details").innerText();
  expect(proof.includes("NAT") && proof.includes("DHCP") && proof.includes("120 giây"), "with the events that say so, and the skew that was allowed", proof);
  const hits = await page.locator("[data-testid=hits]").innerText();
  expect(hits.includes("203.0.113.48") && !hits.includes("192.0.2.201"), "his machines are in the worklist, nobody's are not", hits);
  expect(hits.includes("đang có trong danh sách mới nhất"), "each says why it stands there", hits);
  await accessible(page, "the worklist");
  await picture(page, "worklist");
  await narrow(page, "worklist");

  // The same list again, forwarded by another office: it is one list.
  await page.goto(`${server.origin}/ui/lists`);
  await letGo(page, "chuyen_tiep.csv", first);
  await page.waitForSelector("[data-testid=same]");
  await picture(page, "list-same");

  // Next month: the profile knows the columns, so that nothing is asked.
  await page.goto(`${server.origin}/ui/lists`);
  await letGo(page, "ds_thang_12.csv", second);
  await page.waitForSelector("text=Không còn gì phải hỏi");
  expect((await account(page)).includes("2 đọc"), "the next list is read by the profile that was saved");
  await page.click("button:has-text('So với kỳ trước')");
  await page.waitForSelector("text=Kỳ trước của chuỗi này");
  await page.click(".importsteps button:has-text('Giữ')");
  await page.click("button:has-text('Giữ 2 dòng')");
  await page.waitForURL(/\/lists\/[0-9a-f-]{36}/);
  await page.click("nav.tabs a:has-text('So với kỳ trước')");
  await page.waitForSelector("[data-testid=comparison]");
  const changes = (await page.locator("[data-testid=comparison] .changes").innerText()).replace(/\s+/g, " ");
  // 192.0.2.201 was on the list before and is not on this one: it is gone, whose ever it was.
  expect(changes.includes("Mới 1") && changes.includes("Còn 1") && changes.includes("Hết 2") && changes.includes("Tái nhiễm 0"), "what is new, persistent and gone is told", changes);
  await accessible(page, "a comparison");
  await picture(page, "list-compare");
  await page.goto(`${server.origin}/ui/lists/worklist?state=gone`);
  await page.waitForSelector("[data-testid=hits] tr:has-text('203.0.113.48')");
  expect(!(await page.locator("[data-testid=hits]").innerText()).includes("203.0.113.47"), "the filter that stands in the address holds");

  // The directory is corrected: what would change is told first.
  await page.goto(`${server.origin}/ui/directory`);
  await page.click("button[aria-label='Kết thúc: 203.0.113.32/27']");
  await page.fill(`${dialog} [name=until]`, ago(200));
  await page.fill(`${dialog} textarea`, "đã trả lại dải");
  await accessible(page, "ending a fact");
  await page.click(`${dialog} button.stopfill`);
  await page.waitForSelector(`td:has-text('${plain(200)}')`);
  await page.goto(`${server.origin}/ui/lists/${kept.id}`);
  // The lists follow by themselves.
  let owner = 2;
  for (let tries = 0; tries < 150 && owner !== 0; ++tries) {
    owner = (await api.get(`/api/v1/lists/${kept.id}`)).attribution.owner;
    if (owner !== 0) await new Promise((done) => setTimeout(done, 200));
  }
  expect(owner === 0, "a correction of the directory reaches the lists by itself", owner);
  await page.reload();
  await page.click("button:has-text('Gắn lại đơn vị')");
  const preview = await page.locator("[data-testid=changes]").innerText();
  expect(preview.includes("0 trong 3 dòng sẽ đổi"), "so that nothing is left to be done by hand", preview);
  await accessible(page, "attributing again");
  await picture(page, "list-attribute");
  await page.keyboard.press("Escape");
  await page.waitForSelector(`${dialog}`, { state: "detached" });

  // How the lists of each issuer look: the one that comes with the program is copied, changed and tried.
  await page.goto(`${server.origin}/ui/lists/profiles`);
  await page.waitForSelector("tr:has-text('national')");
  await accessible(page, "the profiles");
  await picture(page, "profiles");
  await narrow(page, "profiles");
  await page.click("button[aria-label='Chép thành hồ sơ riêng: national']");
  await page.fill(`${dialog} [name=name]`, "rieng");
  await page.fill(`${dialog} [name=columns]`, "dia chi ip = victim\nthoi gian = seen\nho ma doc = chu so huu");
  await page.waitForSelector(`${dialog} [role=alert]:has-text('Dòng 3')`);
  await page.fill(`${dialog} [name=columns]`, "dia chi ip = victim\nthoi gian = seen\nho ma doc = family\nloai kn = ignore");
  await accessible(page, "a profile");
  await picture(page, "profile");
  await page.click(`${dialog} button[type=submit]`);
  await page.click("button[aria-label='Mở: rieng']");
  await page.setInputFiles(`${dialog} input[type=file]`, { name: "thu.csv", mimeType: "text/csv", buffer: Buffer.from(first) });
  await page.waitForSelector(`${dialog} [data-testid=tried]`);
  const tried = await page.locator(`${dialog} [data-testid=tried]`).innerText();
  expect(tried.startsWith("5 đọc = 3 nhận + 1 trùng + 1 loại"), "a profile is tried against a file that is not kept", tried);
  await page.keyboard.press("Escape");
  await page.click("button[aria-label='Xóa: rieng']");
  await page.click(`${dialog} button.stopfill`);
  await page.waitForSelector("tr:has-text('rieng')", { state: "detached" });
  await page.goto(`${server.origin}/ui/lists`);
  await page.waitForSelector("tr:has-text('ds_thang_12')");
  await accessible(page, "the lists");
  await picture(page, "lists");
  await narrow(page, "lists");
  nothingOdd(watch);
});
