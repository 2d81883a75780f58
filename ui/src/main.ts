import { mount } from 'svelte';

import './app.css';
import AppRoot from './App.svelte';
import { tauri } from './bridge/tauri';
import { App } from './state/app.svelte';
import { localStoreIn } from './state/local-store';

const target = document.getElementById('app');
if (target) {
  const app = new App(tauri, localStoreIn(localStorage), { languages: navigator.languages });
  // Without its texts a window has nothing to say.
  void Promise.resolve(app.language.loading).then(() => mount(AppRoot, { target, props: { app } }));
}
