// The first load (what index.html and its entry pull in, fonts apart) must stay under 300 kB gzip.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = process.env.CONSOLE_OUT ?? new URL("../../build/console", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
const files = new Set(["index.html"]);
const take = (key) => {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) take(next);
};
take("index.html");
const total = [...files].reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
console.log(`first load: ${files.size} files, ${(total / 1000).toFixed(1)} kB gzip of 300`);
process.exit(total <= 300_000 ? 0 : 1);
