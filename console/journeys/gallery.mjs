// The gallery of all shared parts, in a build with VITE_GALLERY: compared pixel by pixel with the pictures in
// journeys/gallery. `--renew` writes them anew (look at them before they are committed).
//   node journeys/gallery.mjs ../build/release/vonggac [--renew]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, expect, journey, look, nothingOdd, setPassword, shots, signIn, watched } from "./kit.mjs";

const folder = new URL("./gallery/", import.meta.url).pathname;
const renew = process.argv.includes("--renew");
const CHANNEL = 40; // how far a channel may be off, of 255: edges of letters are drawn a little differently elsewhere
const SHARE = 0.002; // of the pixels
mkdirSync(folder, { recursive: true });

// How many pixels of two pictures differ; everything when the sizes do. Runs in an empty page.
async function difference(page, one, other) {
  return page.evaluate(
    async ([first, second, channel]) => {
      const draw = async (base64) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height);
      };
      const [left, right] = [await draw(first), await draw(second)];
      if (left.width !== right.width || left.height !== right.height) return { share: 1, why: `${left.width}x${left.height} and ${right.width}x${right.height}` };
      let off = 0;
      for (let at = 0; at < left.data.length; at += 4)
        if (Math.abs(left.data[at] - right.data[at]) > channel || Math.abs(left.data[at + 1] - right.data[at + 1]) > channel || Math.abs(left.data[at + 2] - right.data[at + 2]) > channel) off += 1;
      return { share: off / (left.width * left.height), why: `${off} pixels` };
    },
    [one.toString("base64"), other.toString("base64"), CHANNEL],
  );
}

await journey("gallery", async ({ server, browser }) => {
  await setPassword(server);
  const watch = await watched(browser, server.origin, { viewport: { width: 1280, height: 900 } });
  const { page } = watch;
  const empty = await (await browser.newContext()).newPage();
  await signIn(page, server.origin);
  await page.goto(`${server.origin}/ui/gallery`);
  await page.waitForSelector("[data-piece=Severity]");
  await page.waitForTimeout(800);
  await page.evaluate(() => document.fonts.ready);
  await accessible(page, "the gallery");
  for (const theme of ["light", "dark", "hc"]) {
    await look(page, theme);
    await page.mouse.move(0, 0);
    for (const piece of await page.locator("[data-piece]").all()) {
      const name = await piece.getAttribute("data-piece");
      if (name === "SetUp") continue; // it holds the address of this run
      const now = await piece.screenshot({ animations: "disabled" });
      const path = join(folder, `${name}-${theme}.png`);
      if (renew) writeFileSync(path, now);
      else if (!existsSync(path)) expect(false, `there is a picture of ${name} in ${theme}`, "node journeys/gallery.mjs PROGRAM --renew");
      else {
        const { share, why } = await difference(empty, readFileSync(path), now);
        if (share > SHARE) writeFileSync(join(shots, `gallery-${name}-${theme}.png`), now);
        expect(share <= SHARE, `${name} looks as before in ${theme}`, `${why}; the present one is in ${shots}`);
      }
    }
  }
  if (renew) expect(true, "the pictures are written anew");
  nothingOdd(watch);
});
