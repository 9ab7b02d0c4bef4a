import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  build: { outDir: process.env["CONSOLE_OUT"] ?? "../build/console", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, manifest: true },
  server: { proxy: { "/api": "http://127.0.0.1:7300" } },
});
