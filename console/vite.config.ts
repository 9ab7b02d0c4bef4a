import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The fonts of the first words are asked for at once, not when the style sheet has come.
const preloadFonts = (): Plugin => ({
  name: "preload-fonts",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) => Object.keys(bundle ?? {}).filter((name) => /plex-(?:sans|mono)-(?:latin|vietnamese)-(?:wght|400)-normal.*\.woff2$/.test(name)).sort()
      .map((name) => ({ tag: "link", attrs: { rel: "preload", href: `/ui/${name}`, as: "font", type: "font/woff2", crossorigin: "" }, injectTo: "head" as const })),
  },
});

export default defineConfig({
  base: "/ui/",
  plugins: [react(), preloadFonts()],
  build: { outDir: process.env["CONSOLE_OUT"] ?? "../build/console", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, manifest: true },
  server: { proxy: { "/api": "http://127.0.0.1:7300" } },
});
