import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { messages } from './messages.config.js';

/** The windows of today: WebKitGTK 2.50 and WKWebView (Safari 18), WebView2 (Chromium). */
const target = ['safari18', 'chrome131'];

export default defineConfig({
  plugins: [paraglideVitePlugin(messages), svelte()],
  // The application is served from its own protocol, so nothing may start with a host or leave the bundle.
  base: './',
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target,
    cssTarget: target,
    // The content security policy allows neither inline scripts nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
});
