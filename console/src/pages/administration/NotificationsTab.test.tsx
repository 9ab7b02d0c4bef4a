import { describe, expect, it } from "vitest";
import { drawn, EVERYTHING, refused, ROOT, type Standing } from "../testing";
import { DAYS, QuietDays, quietBody } from "./NotificationDialog";
import { NotificationsTab } from "./NotificationsTab";

const MAY = [...EVERYTHING, "notification:read", "notification:write"];
const rule = {
  id: "0190a1b2-0000-7000-8000-0000000000b1",
  organisation: ROOT,
  name: "Ca trực <b>đêm</b>",
  enabled: true,
  mail: ["truc@don-vi.example"],
  webhooks: ["https://hooks.example/…"],
  level: "high",
  rules: [],
  tags: [],
  events: ["new", "reopened"],
  below: true,
  zone: "Asia/Ho_Chi_Minh",
  quiet: { days: ["mon", "sun"], from: "22:00", until: "06:00", critical_breaks: true },
  dedupe_minutes: 60,
  escalation: { after_minutes: 30, mail: ["a@b.vn"], webhooks: [] },
  created: "2026-11-27T00:00:00Z",
  version: 1,
};
const message = {
  id: "0190a1b2-0000-7000-8000-0000000000c1",
  organisation: ROOT,
  rule: "Ca trực",
  channel: "mail",
  recipient: "truc@don-vi.example",
  findings: 3,
  state: "waiting",
  attempts: 2,
  created: "2026-11-27T20:07:05Z",
  next_attempt: "2026-11-27T20:17:05Z",
  finished: null,
  last_error: "no mail server is set: see the settings smtp.host and smtp.from",
  reason_code: "mail-not-set",
};
const rules = (items: unknown[]): Standing => ({ path: "/api/v1/notification-rules", list: true, data: { items, next: null } });
const outbox = (items: unknown[]): Standing => ({ path: "/api/v1/notifications", list: true, data: { items, next: null } });
const draw = (standing: Standing[], permissions = MAY) => drawn(NotificationsTab, "/administration", "/administration?tab=notifications", standing, permissions);

describe("Notifications", () => {
  it("draws blank lines while it loads, the reason of a failure, and says when nobody is told", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ path: "/api/v1/notification-rules", list: true, error: refused }, outbox([])])).toContain("the disk is full");
    const html = await draw([rules([]), outbox([])]);
    expect(html).toContain("Chưa có quy tắc thông báo nào");
    expect(html).toContain("Chưa gửi thông báo nào");
  });
  it("tells recipients, level, the days of the quiet hours and the escalation; what people wrote stays text", async () => {
    const html = await draw([rules([rule]), outbox([])]);
    for (const words of ["truc@don-vi.example, https://hooks.example/…", "Cao", "22:00–06:00, bắt đầu vào T2, CN", "sau 30 phút", "Đang bật", "Gửi thử: Ca trực"]) expect(html).toContain(words);
    expect(html).not.toContain("<b>đêm");
  });
  it("leaves out the days when they are all, and says when there are no quiet hours", async () => {
    const all = { ...rule, quiet: { ...rule.quiet, days: [...DAYS] } };
    const html = await draw([rules([all, { ...rule, id: "2", quiet: null, escalation: null, enabled: false }]), outbox([])]);
    expect(html).not.toContain("bắt đầu vào");
    for (const words of ["22:00–06:00", "không có", "Đang tắt"]) expect(html).toContain(words);
  });
  it("offers nothing that changes to who may only read", async () => {
    const html = await draw(
      [rules([rule]), outbox([{ ...message, state: "given-up" }])],
      MAY.filter((one) => one !== "notification:write"),
    );
    for (const words of ["Thêm quy tắc thông báo", "Gửi thử: Ca trực", ">Gửi lại<"]) expect(html).not.toContain(words);
  });
  it("says why a message waits in the language of the console, and as it came when the reason has no code", async () => {
    const html = await draw([rules([]), outbox([message, { ...message, id: "2", state: "given-up", next_attempt: null, last_error: "550 no such mailbox", reason_code: undefined }])]);
    for (const words of ["Chưa đặt máy chủ thư: xem cài đặt smtp.host và smtp.from", "Thử lại lúc 28/11/2026 03:17:05", "550 no such mailbox", "đã bỏ", ">Gửi lại<"]) expect(html).toContain(words);
    expect(html).not.toContain("no mail server is set");
  });
});

describe("Quiet hours", () => {
  it("offers the seven days, ticked as they stand", async () => {
    const html = await drawn(() => <QuietDays days={["mon", "sat"]} onChange={() => undefined} />, "/x", "/x", []);
    const boxes = html.match(/<input[^>]*>/g) ?? [];
    expect(boxes.map((box) => box.includes("checked"))).toEqual([true, false, false, false, false, true, false]);
    for (const words of ["T2", "T7", "CN", "Bắt đầu vào"]) expect(html).toContain(words);
  });
  it("are none without hours or without a day", () => {
    expect(quietBody("22:00", "06:00", ["fri"], false)).toEqual({ from: "22:00", until: "06:00", days: ["fri"], critical_breaks: false });
    expect(quietBody("22:00", "06:00", [], true)).toBeNull();
    expect(quietBody("", "06:00", DAYS, true)).toBeNull();
    expect(quietBody("22:00", "", DAYS, true)).toBeNull();
  });
});
