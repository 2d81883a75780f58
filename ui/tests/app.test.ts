import { describe, expect, it, vi } from 'vitest';

import type { Kind, Session } from '../src/bridge/bridge';
import { Action } from '../src/state/action.svelte';
import { App } from '../src/state/app.svelte';
import type { Arrival } from '../src/state/core-state.svelte';
import { Settings } from '../src/state/settings.svelte';
import { localStoreIn } from '../src/state/local-store';
import {
  ALVA,
  arrival,
  ATHLETE,
  cause,
  LIBRARY,
  round,
  session,
  entityMessage,
  TRAINER,
  view,
} from '../dev/fixtures';
import { failure, ScriptedBridge } from '../dev/scripted';
import { memoryStore } from './memory-store';

async function start(me = ATHLETE, sessions: Session[] = []) {
  const bridge: ScriptedBridge = new ScriptedBridge({
    view: () => {
      bridge.emit({ type: 'view', view: view(me, sessions) });
      return null;
    },
  });
  const machine = { now: 1_000_000 };
  const app = new App(bridge, memoryStore(), { languages: ['pt-BR'], machine: () => machine.now });
  await app.start();
  return { app, bridge, machine };
}

describe('the app', () => {
  it('listens before it asks, and takes the state from messages only', async () => {
    const order: string[] = [];
    const bridge = new ScriptedBridge({ view: () => (order.push('view'), null) });
    const listen = bridge.listen.bind(bridge);
    bridge.listen = (receive) => (order.push('listen'), listen(receive));
    const app = new App(bridge, memoryStore());
    await app.start();
    expect(order).toEqual(['listen', 'view']);
    expect(app.view).toBeNull();
  });

  it('takes a changed account over, and keeps everything else', async () => {
    const { app, bridge } = await start(TRAINER, [session('active')]);
    const before = app.view;
    const me = { ...TRAINER, name: 'Mira Winter', version: 2 };
    const account = { me, vault: 'memory', may_start_session: false, may_set_up_kiosk: true } as const;
    bridge.emit({ type: 'account', account });
    expect(app.view).toEqual({ ...before, ...account });
  });

  it('shows why it can’t start, and starts once the cause is gone', async () => {
    let broken = true;
    const bridge: ScriptedBridge = new ScriptedBridge({
      view: () => {
        if (broken) throw failure('data-directory', { detail: '/nowhere' }) as unknown as Error;
        bridge.emit({ type: 'view', view: view(ATHLETE) });
        return null;
      },
    });
    const app = new App(bridge, memoryStore());
    await app.start();
    expect(app.startupFailure?.code).toBe('data-directory');
    broken = false;
    await app.start();
    expect(app.startupFailure).toBeNull();
    expect(app.me?.id).toBe(ATHLETE.id);
  });

  it('replaces a session that changed, and puts a new one first', async () => {
    const { app, bridge } = await start(ATHLETE, [session('waiting')]);
    bridge.emit(arrival(session('active', [], { version: 2 }), ATHLETE, 'session-joined'));
    expect(app.sessions.map(({ status }) => status)).toEqual(['active']);
    bridge.emit(arrival(session('waiting', [], { id: 'x-2' }), ATHLETE, 'session-started'));
    expect(app.sessions.map(({ id }) => id)).toEqual(['x-2', 'x-now']);
  });

  it('passes the previous session on with an arrival', async () => {
    const { app, bridge } = await start(ATHLETE, [session('waiting')]);
    const receive = vi.fn();
    const stop = app.onArrival(receive);
    bridge.emit(arrival(session('active'), ATHLETE, 'session-joined'));
    stop();
    bridge.emit(arrival(session('cancelled'), ATHLETE, 'session-cancelled'));
    expect(receive).toHaveBeenCalledTimes(1);
    expect(receive.mock.calls[0]?.[0]).toMatchObject({
      before: { status: 'waiting' },
      session: { status: 'active' },
    });
  });

  it('marks only acts of the other person as fresh, and only for a moment', async () => {
    const { app, bridge, machine } = await start();
    bridge.emit(arrival(session('active', [round(1, 'released', [])]), ATHLETE, 'round-released', 'r-1'));
    expect(app.isFresh('r-1')).toBe(true);
    machine.now += 2_000;
    expect(app.isFresh('r-1')).toBe(false);
    bridge.emit(arrival(session('active', [round(1, 'active', [])]), ATHLETE, 'round-started', 'r-1'));
    expect(app.isFresh('r-1')).toBe(false);
  });

  it('keeps time by the server’s clock', async () => {
    const { app, bridge, machine } = await start();
    bridge.emit({
      type: 'link',
      link: { state: 'polling', waiting: 1, reason: 'stream-held-back' },
      clock_offset_ms: 2_500,
    });
    expect(app.clock.at()).toBe(machine.now + 2_500);
    expect(app.link?.state).toBe('polling');
  });

  it('uses the device’s language before sign-in and the account’s after', async () => {
    const bridge = new ScriptedBridge({ view: () => null });
    const app = new App(bridge, memoryStore(), { languages: ['fr-FR', 'pt-BR'] });
    await app.start();
    bridge.emit({ type: 'view', view: view(null) });
    expect(app.language.current).toBe('pt');
    bridge.emit({ type: 'view', view: view({ ...ATHLETE, locale: 'en' }) });
    expect(app.language.current).toBe('en');
  });

  it('remembers which part a person with two parts has chosen', async () => {
    const both = { ...ATHLETE, roles: ['athlete' as const, 'trainer' as const] };
    const { app, bridge } = await start(both);
    expect(app.role).toBe('trainer');
    app.chooseRole('athlete');
    bridge.emit({ type: 'view', view: view(TRAINER) });
    bridge.emit({ type: 'view', view: view({ ...TRAINER, ...ALVA, roles: ['athlete'] }) });
    bridge.emit({ type: 'view', view: view(both) });
    expect(app.role).toBe('athlete');
  });
});

describe('an action', () => {
  it('runs once, however often it is clicked', async () => {
    let finish: () => void = () => undefined;
    const what = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const act = new Action(what);
    const first = act.run();
    expect(await act.run()).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(what).toHaveBeenCalledTimes(1);
  });

  it('keeps its failure until it is tried again', async () => {
    let broken = true;
    const act = new Action(() =>
      broken ? Promise.reject(failure('timeout') as unknown as Error) : Promise.resolve(),
    );
    expect(await act.run()).toBe(false);
    expect(act.failure?.code).toBe('timeout');
    broken = false;
    expect(await act.run()).toBe(true);
    expect(act.failure).toBeNull();
  });

  it('turns anything thrown into a failure', async () => {
    const act = new Action(() => Promise.reject(new Error('no such command')));
    await act.run();
    expect(act.failure).toMatchObject({ code: 'internal', detail: 'no such command' });
  });
});

describe('the settings', () => {
  it('default to dark for an athlete and to the system’s theme for others', () => {
    const store = memoryStore();
    const settings = new Settings(store);
    expect([settings.themeFor('athlete'), settings.themeFor('other')]).toEqual(['dark', 'system']);
    settings.theme = 'light';
    settings.sound = false;
    const again = new Settings(store);
    expect([again.themeFor('athlete'), again.sound, again.flash]).toEqual(['light', false, true]);
  });

  it('fall back to the defaults when the storage holds nonsense', () => {
    const settings = new Settings(memoryStore({ settings: { theme: 'pink', sound: 'loud' } }));
    expect([settings.theme, settings.sound, settings.flash]).toEqual([null, true, true]);
  });
});

describe('a store', () => {
  it('treats what it can’t read as absent and survives a full storage', () => {
    localStorage.setItem('ringside.broken', '{');
    const store = localStoreIn(localStorage);
    expect(store.get('broken')).toBeUndefined();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(() => {
      store.put('more', 1);
    }).not.toThrow();
  });
});

describe('entities of any kind', () => {
  const said = async () => {
    const { app, bridge } = await start(TRAINER, [session('active')]);
    const receive = vi.fn<(arrival: Arrival) => void>();
    app.onArrival(receive);
    return { app, bridge, receive };
  };
  const [bench] = LIBRARY as [(typeof LIBRARY)[0]];

  it('are put into the list of their kind or removed from it, and only sessions are arrivals', async () => {
    const { app, bridge, receive } = await said();
    const changed = { ...bench, name: 'Bankdrücken eng', version: 2 };
    bridge.emit({
      type: 'entity',
      document: { kind: 'exercise', entity: changed },
      permits: null,
      cause: cause('exercise-saved'),
    });
    expect(app.exercises[0]?.name).toBe('Bankdrücken eng');
    expect(app.exercises).toHaveLength(LIBRARY.length);
    bridge.emit({
      type: 'gone',
      entity: { kind: 'exercise', id: bench.id },
      cause: cause('exercise-removed'),
    });
    expect(app.exercises).toHaveLength(LIBRARY.length - 1);
    bridge.emit({ type: 'gone', entity: { kind: 'session', id: 'x-now' }, cause: null });
    expect(app.sessions).toEqual([]);
    expect(receive).not.toHaveBeenCalled();
  });

  it('without a cause are no arrivals', async () => {
    const { app, bridge, receive } = await said();
    bridge.emit(entityMessage(session('cancelled'), TRAINER, null));
    expect(app.sessions).toMatchObject([{ status: 'cancelled' }]);
    expect(receive).not.toHaveBeenCalled();
  });

  it('of an unknown kind change nothing', async () => {
    const { app, bridge } = await said();
    const before = app.view;
    bridge.emit({ type: 'gone', entity: { kind: 'goal' as Kind, id: 'x-now' }, cause: null });
    expect(app.view).toBe(before);
  });
});
