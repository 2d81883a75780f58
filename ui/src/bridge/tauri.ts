/** The one door to the host: nothing else in the windows knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { Bridge, Message } from './bridge';
import { inTurns } from './turns';

declare global {
  interface Window {
    /** Tauri sets it in each window. `getCurrentWebviewWindow` reads the same, and is 9 KB larger. */
    __TAURI_INTERNALS__: { metadata: { currentWebview: { label: string } } };
  }
}

export const tauri: Bridge = {
  call: (name, args) => invoke('call', { call: { name, args } }),
  putFile: (file, offset, piece) =>
    invoke('put_file', piece, { headers: { 'ringside-file': file, 'ringside-offset': String(offset) } }),
  readVideo: (id, part) => invoke('read_video', { id, part }),
  listen: (receive) => {
    const { label } = window.__TAURI_INTERNALS__.metadata.currentWebview;
    const take = inTurns(receive);
    return listen<Message>(
      'ringside',
      (event) => {
        take(event.payload);
      },
      { target: { kind: 'WebviewWindow', label } },
    );
  },
};
