/**
 * The look gallery: `npm run dev:look`, then `/?scene=NAME&theme=light|dark&locale=de|pt|en`; without a scene it lists
 * them. Scenes are in `scenes.ts` (everyone, athlete), `claim-scenes.ts`, `kiosk-scenes.ts`, `studio-scenes.ts`,
 * `trainer-scenes.ts`, `library-scenes.ts`, `history-scenes.ts`, `import-scenes.ts`, `progress-scenes.ts`, `typed-scenes.ts`,
 * `touch-scenes.ts`, `crowd-scenes.ts`, `video-scenes.ts` and `weight-scenes.ts`.
 */
import { mount } from 'svelte';

import '../src/app.css';
import AppRoot from '../src/App.svelte';
import type { Locale, View } from '../src/bridge/bridge';
import { App } from '../src/state/app.svelte';
import { localStoreIn } from '../src/state/local-store';
import { ALL_SCENES } from './all-scenes';
import { CROWD_SCENES } from './crowd-scenes';
import { drop } from './drop';
import type { Scene } from './scenes';
import { ScriptedBridge } from './scripted';

/** Those with very many of everything are for the eye alone. */
const scenes: Record<string, Scene> = { ...ALL_SCENES, ...CROWD_SCENES };

let clicks = Promise.resolve();
const wanted = new URLSearchParams(location.search);
const scene = scenes[wanted.get('scene') ?? ''];
const target = document.getElementById('app');
if (target && scene) show(scene, target);
else if (target) list(target);

function show(scene: Scene, target: HTMLElement): void {
  localStorage.clear();
  for (const [key, value] of Object.entries(scene.kept ?? {})) {
    localStorage.setItem(`ringside.${key}`, JSON.stringify(value));
  }
  const locale = wanted.get('locale') as Locale | null;
  const bridge = new ScriptedBridge(
    {
      try_now: () => null,
      ...scene.answers,
      view: (args) => {
        if (scene.answers?.view) return scene.answers.view(args);
        if (scene.view) bridge.emit({ type: 'view', view: inLocale(scene.view(), locale) });
        scene.then?.(bridge);
        return null;
      },
    },
    scene.bytes,
  );
  const app = new App(bridge, localStoreIn(localStorage), { languages: locale ? [locale] : [] });
  const theme = wanted.get('theme');
  if (theme === 'light' || theme === 'dark') app.settings.theme = theme;
  mount(AppRoot, { target, props: { app } });
  for (const testid of scene.clicks ?? []) click(testid);
  for (const [testid, text] of Object.entries(scene.fills ?? {})) then(testid, (field) => fill(field, text));
  const files = scene.drops?.();
  if (files)
    then('exercise-video', (box) => {
      drop(box, files);
    });
  for (const testid of scene.after ?? []) click(testid);
  if (scene.touches) then(scene.touches, touch);
  for (const testid of scene.keys ?? []) click(testid);
  if (scene.holds) then(scene.holds, hold);
}

function click(testid: string): void {
  then(testid, (element) => {
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  });
}

function fill(field: HTMLElement, text: string): void {
  (field as HTMLInputElement | HTMLTextAreaElement).value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** As a finger does, to whoever listens for one. */
function hold(element: HTMLElement): void {
  const finger = { pointerType: 'touch', pointerId: 7, bubbles: true, cancelable: true };
  element.dispatchEvent(new PointerEvent('pointerdown', finger));
}

function touch(element: HTMLElement): void {
  hold(element);
  element.focus();
}

/** Does something with an element as soon as it is there; a scene with a wrong test id waits for ever, visibly. */
function then(testid: string, act: (element: HTMLElement) => void): void {
  clicks = clicks.then(async () => {
    const find = () => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
    while (!find()) await new Promise((go) => setTimeout(go, 20));
    const element = find();
    if (element) act(element);
    await new Promise((go) => setTimeout(go, 20));
  });
}

function inLocale(view: View, locale: Locale | null): View {
  return view.me && locale ? { ...view, me: { ...view.me, locale } } : view;
}

function list(target: HTMLElement): void {
  for (const name of Object.keys(scenes)) {
    const link = document.createElement('a');
    link.href = `?scene=${name}`;
    link.textContent = name;
    const line = document.createElement('p');
    line.append(link);
    target.append(line);
  }
}
