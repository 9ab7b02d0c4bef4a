// Short titles of the fields that people look at most, for headings and bubbles; the field's own name stands beside or in
// the title. What is not here goes by its own name.
import type { Language } from "./messages";

const TITLES: Readonly<Record<string, readonly [vi: string, en: string]>> = {
  "source.ip": ["Nguồn", "Source IP"],
  "source.port": ["Cổng nguồn", "Source port"],
  "destination.ip": ["Đích", "Destination"],
  "destination.port": ["Cổng đích", "Dest. port"],
  "destination.domain": ["Tên miền đích", "Dest. domain"],
  "event.action": ["Hành động", "Action"],
  "event.code": ["Mã sự kiện", "Event code"],
  "event.outcome": ["Kết quả", "Outcome"],
  "event.category": ["Loại", "Category"],
  "host.name": ["Máy", "Host"],
  "user.name": ["Người dùng", "User"],
  "user.domain": ["Miền", "Domain"],
  "process.name": ["Tiến trình", "Process"],
  "process.executable": ["Tệp chạy", "Executable"],
  "process.command_line": ["Dòng lệnh", "Command line"],
  "process.pid": ["PID", "PID"],
  "dns.question.name": ["Tên hỏi", "DNS name"],
  "network.bytes": ["Byte", "Bytes"],
  "network.transport": ["Giao thức", "Protocol"],
  "network.protocol": ["Ứng dụng", "Application"],
  "observer.name": ["Thiết bị", "Observer"],
  "http.response.status_code": ["Mã HTTP", "HTTP status"],
  "url.original": ["URL", "URL"],
  "rule.name": ["Quy tắc", "Rule"],
  message: ["Nội dung", "Message"],
  source: ["Nguồn tin", "Source"],
  organisation: ["Đơn vị", "Organisation"],
  format: ["Định dạng", "Format"],
};

export function titleOf(name: string, language: Language): string | undefined {
  return Object.hasOwn(TITLES, name) ? TITLES[name]?.[language === "vi" ? 0 : 1] : undefined;
}
