import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { budget } from './budget.config.js';
import { bundled } from './bundled.config.js';
import { CHUNKS } from './chunk-groups.config.js';
import { locales, messages } from './messages.config.js';
import { slim } from './slim.config.js';
import { texts } from './texts.config.js';

/** The windows of today: WebKitGTK 2.50 and WKWebView (Safari 18), WebView2 (Chromium). */
const target = ['safari18', 'chrome131'];

export default defineConfig({
  plugins: [
    paraglideVitePlugin(messages),
    svelte(),
    texts(messages.outdir, locales),
    slim(messages.outdir),
    budget(),
    bundled(),
  ],
  // The application is served from its own protocol, so nothing may start with a host or leave the bundle.
  base: './',
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target,
    cssTarget: target,
    modulePreload: {
      // What a start imports is fetched at once. What is imported later is on this machine, so that asking for it early
      // saves nothing, and WebKit complains of what a slow machine has not come to use some seconds after the start.
      resolveDependencies: (_, modules, { hostType }) => (hostType === 'html' ? modules : []),
      // The content security policy allows no inline scripts,
      polyfill: false,
    },
    // nor data: fonts.
    assetsInlineLimit: 0,
    // A chunk with styles of its own is imported only when these are there. All styles are 8 KB gzip, in one request.
    cssCodeSplit: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: CHUNKS } },
    },
    reportCompressedSize: true,
  },
});
