// Writes NAME.gz and NAME.br beside each text file of the build, where that saves at least a tenth.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.env.CONSOLE_OUT ?? new URL("../../build/console", import.meta.url).pathname;
rmSync(join(folder, "stats.json"), { force: true });
for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|css|html|svg|json)$/.test(name) || name.startsWith(".vite")) continue;
  const text = readFileSync(join(folder, name));
  const gzip = gzipSync(text, { level: 9 });
  const brotli = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  if (gzip.length < text.length * 0.9) writeFileSync(join(folder, `${name}.gz`), gzip);
  if (brotli.length < text.length * 0.9) writeFileSync(join(folder, `${name}.br`), brotli);
}
