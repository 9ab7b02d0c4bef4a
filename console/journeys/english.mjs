// A whole journey in English: no word of Vietnamese is left on any page but what people wrote themselves. And every page
// at the widths from a phone to a wall.
//   node journeys/english.mjs ../build/release/vonggac
import { accessible, addSource, attackOn, expect, journey, nothingOdd, PASSWORD, picture, sendLog, setPassword, signedIn, watched } from "./kit.mjs";

const MARKS = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i;
const ALLOWED = /Vọng Gác|Tiếng Việt|Tổ chức của tôi/g; // the program's name, the other language's name, the organisation as it was named

await journey("english", async ({ server, browser }) => {
  await setPassword(server);
  const api = await signedIn(server.origin);
  const { token, id } = await addSource(api, "web-01");
  for (let host = 0; host < 4; host += 1) await sendLog(server, token, attackOn(`web-${host}`));
  await sendLog(server, token, "\u0001 unknown bytes\n");
  const watch = await watched(browser, server.origin, { locale: "en-GB" });
  const { page } = watch;
  const english = async (what) => {
    const text = await page.evaluate(() =>
      [
        document.title,
        document.body.innerText,
        ...[...document.querySelectorAll("[aria-label], [title], [placeholder]")].map(
          (element) => `${element.getAttribute("aria-label") ?? ""} ${element.getAttribute("title") ?? ""} ${element.getAttribute("placeholder") ?? ""}`,
        ),
      ].join("\n"),
    );
    const left = text
      .replace(ALLOWED, "")
      .split("\n")
      .filter((line) => MARKS.test(line));
    expect(left.length === 0, `${what} is in English`, left.slice(0, 5).join(" | "));
    expect((await page.evaluate(() => document.documentElement.lang)) === "en", `${what} says that it is in English`);
  };
  await page.goto(`${server.origin}/ui/`);
  await page.waitForSelector("input[name=name]");
  await page.click("button:has-text('English')");
  await english("the sign-in");
  await accessible(page, "the sign-in in English");
  await page.fill("input[name=name]", "admin");
  await page.fill("input[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForSelector("h1:has-text('Now')");
  await page.waitForSelector(".q .r.on");
  await english("Now");
  await accessible(page, "Now in English");
  await picture(page, "now-english");
  await page.click(".q .r.on a");
  await page.waitForSelector("h2:has-text('Why it fired')");
  await page.waitForSelector("td:has-text('Matches')");
  await page.waitForTimeout(500);
  await english("a finding");
  await accessible(page, "a finding in English");
  await picture(page, "finding-english");
  await page.click("button:has-text('Acknowledge')");
  await page.waitForSelector(".head .state:has-text('Acknowledged')");
  await page.click("button:has-text('Mute')");
  await english("the mute dialog");
  await accessible(page, "the mute dialog", ["light", "dark"]);
  await page.fill("[role=dialog] textarea", "a known scanner");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector("button:has-text('Unmute')");
  await page.click("button:has-text('Unmute')");
  await page.click(".head button:has-text('Close')");
  await page.fill("[role=dialog] textarea", "seen and understood");
  await page.click("[role=dialog] button[type=submit]");
  await page.waitForSelector(".head .state:has-text('Closed')");
  expect(true, "a finding is taken, muted, unmuted and closed in English");
  await page.click("nav.nav a:has-text('Findings')");
  await page.waitForSelector(".grid-row");
  await english("Findings");
  await accessible(page, "Findings in English");
  await page.keyboard.press("Control+k");
  await page.waitForSelector("[role=combobox]");
  await page.keyboard.type("admin");
  await english("the palette");
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('Administration')");
  for (const tab of ["health", "users", "tokens", "organisations", "audit", "settings", "backup", "aside"]) {
    await page.goto(`${server.origin}/ui/administration?tab=${tab}`);
    await page.waitForSelector(".tabs a[aria-current]");
    await page.waitForTimeout(400);
    await english(`administration ${tab}`);
  }
  for (const [path, wait] of [
    ["/sources", "tbody tr"],
    [`/sources/${id}`, "h2"],
    ["/first-run", "h2"],
    ["/search", "h1, main"],
    ["/lists", ".drop"],
    ["/lists/import", ".drop"],
    ["/lists/worklist", ".filters"],
    ["/directory", "form.whose"],
  ]) {
    await page.goto(`${server.origin}/ui${path}`);
    await page.waitForSelector(wait);
    await page.waitForTimeout(500);
    await english(path);
    if (path !== "/search") await accessible(page, `${path} in English`);
  }
  await page.click("[data-testid=person]");
  await english("the person's menu");
  await page.keyboard.press("Escape");

  // From a phone to a wall, in Vietnamese, which is longer.
  await page.evaluate(() => {
    localStorage.setItem("vonggac.language", "vi");
  });
  const finding = (await api.get("/api/v1/findings?limit=1")).items[0].id;
  for (const width of [360, 640, 960, 1280, 1920, 3840]) {
    await page.setViewportSize({ width, height: width < 700 ? 740 : 1000 });
    for (const [path, name, wait] of [
      ["/", "now", ".checks"],
      ["/findings", "findings", ".grid-row"],
      [`/findings/${finding}`, "finding", "td"],
      ["/sources", "sources", "tbody tr"],
      [`/sources/${id}`, "source", "dl"],
      ["/administration?tab=health", "health", "dl"],
      ["/administration?tab=tokens", "tokens", "tbody tr"],
      ["/first-run?step=source", "first-run", "form"],
      ["/lists", "lists", ".drop"],
      ["/directory", "directory", "form.whose"],
    ]) {
      await page.goto(`${server.origin}/ui${path}`);
      await page.waitForSelector(wait);
      await page.waitForTimeout(250);
      const wide = await page.evaluate(
        () =>
          Math.max(document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0, 0) -
          Math.max(window.innerWidth - (document.querySelector(".nav")?.clientWidth ?? 0) * (window.innerWidth >= 640 ? 1 : 0), 0),
      );
      expect((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${name} is not wider than a screen of ${width} px`, wide);
      if ([360, 1920].includes(width)) await picture(page, `${name}-${width}`);
    }
  }
  nothingOdd(watch);
});
