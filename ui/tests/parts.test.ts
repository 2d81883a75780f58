/** The parts of a window are loaded when it is known who is there: what is on screen meanwhile, and if they don't come. */
import { cleanup, render } from '@testing-library/svelte';
import { flushSync, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import AppRoot from '../src/App.svelte';
import type { View } from '../src/bridge/bridge';
import { App } from '../src/state/app.svelte';
import { LazyView } from '../src/state/lazy-view.svelte';
import { ATHLETE, session, TRAINER, view } from '../dev/fixtures';
import { ScriptedBridge } from '../dev/scripted';
import { memoryStore } from './memory-store';
import { open, PATIENT, settle } from './window';

const BOTH = { ...ATHLETE, roles: ['athlete' as const, 'trainer' as const] };

/** A window whose core has said nothing yet. */
function silent() {
  const bridge = new ScriptedBridge({ view: () => null, try_now: () => null });
  const reload = vi.fn();
  render(AppRoot, { app: new App(bridge, memoryStore(), { languages: ['en'], reload }) });
  return { bridge, reload };
}

function shown(): string | undefined {
  return document.querySelector<HTMLElement>('[data-testid="view"]')?.dataset['view'];
}

describe('until a part is loaded', () => {
  it.each<[string, View, string]>([
    ['a trainer', view(TRAINER), 'trainer'],
    ['an athlete', view(ATHLETE, [session('waiting')]), 'waiting'],
    ['somebody who has yet to sign in', view(null), 'sign-in'],
  ])('%s sees that it is loading, and the paint mark is not set', async (_who, told, part) => {
    const painted: (string | undefined)[] = [];
    vi.spyOn(performance, 'mark').mockImplementation((name) => {
      if (name === 'meaningful-paint') painted.push(shown());
      return {} as PerformanceMark;
    });
    const { bridge } = silent();
    await settle();
    expect(shown()).toBe('loading');
    bridge.emit({ type: 'view', view: told });
    flushSync();
    expect(shown()).toBe('loading');
    await vi.waitFor(() => {
      expect(painted).toEqual([part]);
    }, PATIENT);
  });
});

describe('a part that can’t be loaded', () => {
  afterEach(() => {
    vi.doUnmock('../src/views/trainer/TrainerView.svelte');
    vi.doUnmock('../src/views/SignIn.svelte');
  });

  it.each([
    ['../src/views/trainer/TrainerView.svelte', view(TRAINER)],
    ['../src/views/SignIn.svelte', view(null)],
  ])('shows a failure: %s', async (path, told) => {
    vi.doMock(path, () => {
      throw new Error('gone');
    });
    const { bridge, reload } = silent();
    bridge.emit({ type: 'view', view: told });
    await vi.waitFor(() => {
      expect(shown()).toBe('failure');
    }, PATIENT);
    document.querySelector<HTMLElement>('[data-testid="retry"]')?.click();
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe('whoever has two parts', () => {
  let idle: () => void;
  beforeEach(() => {
    vi.stubGlobal('requestIdleCallback', (what: () => void) => ((idle = what), 1));
    vi.stubGlobal('cancelIdleCallback', vi.fn());
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it('has the other one loaded once the window was idle', async () => {
    const window = await open(view(BOTH));
    expect(window.view()).toBe('trainer');
    idle();
    await settle();
    window.find('role-athlete').click();
    flushSync();
    expect(window.view()).toBe('start');
  });
});

describe('a view', () => {
  const loaded = { default: (() => ({})) as Component };

  it('is loaded once', async () => {
    const load = vi.fn(() => Promise.resolve(loaded));
    const lazy = new LazyView(load);
    await Promise.all([lazy.load(), lazy.load()]);
    await lazy.load();
    expect(load).toHaveBeenCalledTimes(1);
    expect(lazy.component).toBe(loaded.default);
  });

  it('can be loaded again after a failure', async () => {
    const load = vi.fn(() => Promise.resolve(loaded)).mockRejectedValueOnce(new Error('gone'));
    const lazy = new LazyView(load);
    await lazy.load();
    expect([lazy.component, lazy.failure?.detail]).toEqual([null, 'gone']);
    await lazy.load();
    expect([lazy.component, lazy.failure]).toEqual([loaded.default, null]);
  });
});
