/** The one door to the host: nothing else in the windows knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { getCurrentWebviewWindow } from '@tauri-apps/api/webviewWindow';

import type { Bridge, Message } from './bridge';

export const tauri: Bridge = {
  call: (name, args) => invoke('call', { call: { name, args } }),
  listen: (hear) =>
    getCurrentWebviewWindow().listen<Message>('ringside', (event) => {
      hear(event.payload);
    }),
};
