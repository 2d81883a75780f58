/** A whole window on a scripted core, for tests: what it tells is told by hand, what it is asked is on record. */
import { cleanup, render } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { afterEach, beforeEach, vi } from 'vitest';

import AppRoot from '../src/App.svelte';
import type { CallName, Calls, EventName, Session, View } from '../src/bridge/bridge';
import { App } from '../src/state/app.svelte';
import { localStoreIn } from '../src/state/local-store';
import { arrival } from '../dev/fixtures';
import { ScriptedBridge, type Answers, type ByteAnswers } from '../dev/scripted';
import './fake-browser-video';

/** How long to wait where the machine says how long it takes: the first import of a view compiles it. */
export const PATIENT = { timeout: 30_000 };

// jsdom neither paints nor moves anything; what is asked to move, or into sight, is on record.
export const animated = vi.fn<(element: Element, timing: KeyframeAnimationOptions) => void>();
export const scrolledIntoView = vi.fn<(element: Element) => void>();
Element.prototype.scrollIntoView = function (this: Element) {
  scrolledIntoView(this);
};
globalThis.matchMedia = ((media: string) => ({ media, matches: false })) as typeof matchMedia;
Element.prototype.animate = function (this: Element, _, timing) {
  const animation = { cancel: vi.fn() as () => void, startTime: null } as Animation;
  animated(this, timing as KeyframeAnimationOptions);
  return animation;
};
Object.defineProperty(document, 'timeline', {
  value: {
    get currentTime() {
      return 0;
    },
  },
});

// Nor does it know modal dialogs; here they are open or closed, which is what a view asks of them.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  if (!this.open) return;
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

// Whatever a test does with a window is gone before the next one, in every file that opens one.
beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

export interface Window {
  app: App;
  bridge: ScriptedBridge;
  /** The element with this test id; throws when there is none. */
  find(testid: string): HTMLElement;
  has(testid: string): boolean;
  /** Which view is shown. */
  view(): string | undefined;
  text(): string;
  click(testid: string): Promise<void>;
  type(testid: string, text: string): Promise<void>;
  /** The core tells of a session that came or changed. */
  deliver(session: Session, event: EventName, round_id?: string): Promise<void>;
  /** Lets every answer that is ready arrive and every change reach the screen. */
  settle(): Promise<void>;
  asked<K extends CallName>(name: K): Calls[K]['args'][];
}

/** Opens a window as the core would find it; `view` is what it tells first. */
export async function open(view: View, answers: Answers = {}, bytes: ByteAnswers = {}): Promise<Window> {
  const bridge: ScriptedBridge = new ScriptedBridge(
    {
      try_now: () => null,
      view: () => {
        bridge.emit({ type: 'view', view });
        return null;
      },
      ...answers,
    },
    bytes,
  );
  const app = new App(bridge, localStoreIn(localStorage), { languages: ['en'] });
  render(AppRoot, { app });
  const has = (testid: string) => document.querySelector(`[data-testid="${testid}"]`) !== null;
  const find = (testid: string) => {
    const element = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
    if (!element) throw new Error(`no ${testid} on screen: ${document.body.textContent}`);
    return element;
  };
  const window: Window = {
    app,
    bridge,
    find,
    has,
    view: () => document.querySelector<HTMLElement>('[data-testid="view"]')?.dataset['view'],
    text: () => document.body.textContent,
    async click(testid) {
      find(testid).dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
      await settle();
    },
    async type(testid, text) {
      const input = find(testid) as HTMLInputElement | HTMLTextAreaElement;
      input.value = text;
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await settle();
    },
    async deliver(session, event, round_id) {
      const me = app.me;
      if (!me) throw new Error('nobody is signed in');
      bridge.emit(arrival(session, me, event, round_id));
      await settle();
    },
    settle,
    asked<K extends CallName>(name: K) {
      return bridge.calls.filter((call) => call.name === name).map((call) => call.args as Calls[K]['args']);
    },
  };
  await settle();
  return window;
}

export async function settle(): Promise<void> {
  // Views are loaded when they are wanted.
  await vi.dynamicImportSettled();
  for (let i = 0; i < 4; i++) await tick();
  flushSync();
}
