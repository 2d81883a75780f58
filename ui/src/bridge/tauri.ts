/** The one door to the host: nothing else in the windows knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Bridge, Message } from './bridge';

declare global {
  interface Window {
    /** What Tauri puts into each window; `getCurrentWebviewWindow` reads the same, with 9 KB of window API around it. */
    __TAURI_INTERNALS__: { metadata: { currentWebview: { label: string } } };
  }
}

export const tauri: Bridge = {
  call: (name, args) => invoke('call', { call: { name, args } }),
  listen: (receive) =>
    listen<Message>(
      'ringside',
      (event) => {
        receive(event.payload);
      },
      { target: { kind: 'WebviewWindow', label: window.__TAURI_INTERNALS__.metadata.currentWebview.label } },
    ),
};
