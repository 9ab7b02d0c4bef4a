import type { Language } from "./messages";

// 517.627 and 12,5 in Vietnamese; 517,627 and 12.5 in English. A number and its unit are joined by U+00A0.
export function formatNumber(value: number, language: Language, decimals = 0): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === "vi" ? "." : ",");
  return `${value < 0 ? "-" : ""}${grouped}${fraction ? (language === "vi" ? "," : ".") + fraction : ""}`;
}

export function formatBytes(bytes: number, language: Language): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${formatNumber(value, language, step === 0 ? 0 : 1)}\u00a0${units[step] ?? ""}`;
}
