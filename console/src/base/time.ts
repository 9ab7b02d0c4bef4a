import { translate, type Language } from "./messages";

// All times are shown in GMT+7, which has no summer time; the page says the zone once.
const ZONE_MS = 7 * 3600 * 1000;
const two = (value: number) => String(value).padStart(2, "0");
const DAYS = [
  ["Chủ Nhật", "Sunday"],
  ["Thứ Hai", "Monday"],
  ["Thứ Ba", "Tuesday"],
  ["Thứ Tư", "Wednesday"],
  ["Thứ Năm", "Thursday"],
  ["Thứ Sáu", "Friday"],
  ["Thứ Bảy", "Saturday"],
] as const;

function parts(time: string | number) {
  const at = new Date(new Date(time).getTime() + ZONE_MS);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: at.getUTCDay(), hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds() };
}

// dd/mm/yyyy
export function formatDate(time: string | number): string {
  const at = parts(time);
  return `${two(at.day)}/${two(at.month)}/${String(at.year)}`;
}
// hh:mm or hh:mm:ss, 24 hours
export function formatClock(time: string | number, seconds = false): string {
  const at = parts(time);
  return `${two(at.hour)}:${two(at.minute)}${seconds ? `:${two(at.second)}` : ""}`;
}
export const formatTime = (time: string | number): string => `${formatDate(time)} ${formatClock(time, true)}`;

export function formatWeekday(time: string | number, language: Language): string {
  const names = DAYS[parts(time).weekday];
  return names ? names[language === "vi" ? 0 : 1] : "";
}

// The two largest units: "2 ng 3 g", "4 g 30 ph", "22 ph", "45 giây".
export function formatSpan(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const say = (key: "unit.day" | "unit.hour" | "unit.minute" | "unit.second", n: number) => translate(language, key, { n }).replace(" ", "\u00a0");
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return hours > 0 ? `${say("unit.day", days)} ${say("unit.hour", hours)}` : say("unit.day", days);
  if (hours > 0) return minutes > 0 ? `${say("unit.hour", hours)} ${say("unit.minute", minutes)}` : say("unit.hour", hours);
  return minutes > 0 ? say("unit.minute", minutes) : say("unit.second", seconds);
}
