import { describe, expect, it, vi } from 'vitest';

import type { Kind, Session } from '../src/bridge/bridge';
import { Act } from '../src/state/act.svelte';
import { App } from '../src/state/app.svelte';
import type { Arrival } from '../src/state/core-state.svelte';
import { Settings } from '../src/state/settings.svelte';
import { shelfIn } from '../src/state/shelf';
import { ALVA, arrival, ATHLETE, cause, LIBRARY, round, session, told, TRAINER, view } from '../dev/cast';
import { failure, ScriptedBridge } from '../dev/scripted';
import { memoryShelf } from './memory';

async function start(me = ATHLETE, sessions: Session[] = []) {
  const bridge: ScriptedBridge = new ScriptedBridge({
    view: () => {
      bridge.say({ type: 'view', view: view(me, sessions) });
      return null;
    },
  });
  const machine = { now: 1_000_000 };
  const app = new App(bridge, memoryShelf(), { languages: ['pt-BR'], machine: () => machine.now });
  await app.start();
  return { app, bridge, machine };
}

describe('the app', () => {
  it('listens before it asks, and takes the state from messages only', async () => {
    const order: string[] = [];
    const bridge = new ScriptedBridge({ view: () => (order.push('view'), null) });
    const listen = bridge.listen.bind(bridge);
    bridge.listen = (hear) => (order.push('listen'), listen(hear));
    const app = new App(bridge, memoryShelf());
    await app.start();
    expect(order).toEqual(['listen', 'view']);
    expect(app.view).toBeNull();
  });

  it('shows why it can’t start, and starts when that is mended', async () => {
    let broken = true;
    const bridge: ScriptedBridge = new ScriptedBridge({
      view: () => {
        if (broken) throw failure('data-directory', { detail: '/nowhere' }) as unknown as Error;
        bridge.say({ type: 'view', view: view(ATHLETE) });
        return null;
      },
    });
    const app = new App(bridge, memoryShelf());
    await app.start();
    expect(app.startupFailure?.code).toBe('data-directory');
    broken = false;
    await app.start();
    expect(app.startupFailure).toBeNull();
    expect(app.me?.id).toBe(ATHLETE.id);
  });

  it('replaces a session that changed, and puts a new one first', async () => {
    const { app, bridge } = await start(ATHLETE, [session('waiting')]);
    bridge.say(arrival(session('active', [], { version: 2 }), ATHLETE, 'session-joined'));
    expect(app.sessions.map(({ status }) => status)).toEqual(['active']);
    bridge.say(arrival(session('waiting', [], { id: 'x-2' }), ATHLETE, 'session-started'));
    expect(app.sessions.map(({ id }) => id)).toEqual(['x-2', 'x-now']);
  });

  it('tells what was there before to whoever listens', async () => {
    const { app, bridge } = await start(ATHLETE, [session('waiting')]);
    const hear = vi.fn();
    const stop = app.onArrival(hear);
    bridge.say(arrival(session('active'), ATHLETE, 'session-joined'));
    stop();
    bridge.say(arrival(session('cancelled'), ATHLETE, 'session-cancelled'));
    expect(hear).toHaveBeenCalledTimes(1);
    expect(hear.mock.calls[0]?.[0]).toMatchObject({
      before: { status: 'waiting' },
      session: { status: 'active' },
    });
  });

  it('lets only the other one’s acts glow, and only for a moment', async () => {
    const { app, bridge, machine } = await start();
    bridge.say(arrival(session('active', [round(1, 'released', [])]), ATHLETE, 'round-released', 'r-1'));
    expect(app.isFresh('r-1')).toBe(true);
    machine.now += 2_000;
    expect(app.isFresh('r-1')).toBe(false);
    bridge.say(arrival(session('active', [round(1, 'active', [])]), ATHLETE, 'round-started', 'r-1'));
    expect(app.isFresh('r-1')).toBe(false);
  });

  it('keeps time by the server’s clock', async () => {
    const { app, bridge, machine } = await start();
    bridge.say({
      type: 'link',
      link: { state: 'polling', waiting: 1, reason: 'stream-held-back' },
      clock_offset_ms: 2_500,
    });
    expect(app.clock.at()).toBe(machine.now + 2_500);
    expect(app.link?.state).toBe('polling');
  });

  it('speaks the device’s language before sign-in and the account’s after', async () => {
    const bridge = new ScriptedBridge({ view: () => null });
    const app = new App(bridge, memoryShelf(), { languages: ['fr-FR', 'pt-BR'] });
    await app.start();
    bridge.say({ type: 'view', view: view(null) });
    expect(app.language.current).toBe('pt');
    bridge.say({ type: 'view', view: view({ ...ATHLETE, locale: 'en' }) });
    expect(app.language.current).toBe('en');
  });

  it('remembers which part a person with both has chosen', async () => {
    const both = { ...ATHLETE, roles: ['athlete' as const, 'trainer' as const] };
    const { app, bridge } = await start(both);
    expect(app.role).toBe('trainer');
    app.chooseRole('athlete');
    bridge.say({ type: 'view', view: view(TRAINER) });
    bridge.say({ type: 'view', view: view({ ...TRAINER, ...ALVA, roles: ['athlete'] }) });
    bridge.say({ type: 'view', view: view(both) });
    expect(app.role).toBe('athlete');
  });
});

describe('an act', () => {
  it('is done once, however often it is clicked', async () => {
    let finish: () => void = () => undefined;
    const what = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const act = new Act(what);
    const first = act.run();
    expect(await act.run()).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(what).toHaveBeenCalledTimes(1);
  });

  it('keeps its failure until it is tried again', async () => {
    let broken = true;
    const act = new Act(() =>
      broken ? Promise.reject(failure('timeout') as unknown as Error) : Promise.resolve(),
    );
    expect(await act.run()).toBe(false);
    expect(act.failure?.code).toBe('timeout');
    broken = false;
    expect(await act.run()).toBe(true);
    expect(act.failure).toBeNull();
  });

  it('turns whatever is thrown into a failure with words', async () => {
    const act = new Act(() => Promise.reject(new Error('no such command')));
    await act.run();
    expect(act.failure).toMatchObject({ code: 'internal', detail: 'no such command' });
  });
});

describe('the settings', () => {
  it('are dark for an athlete and as the system for others, until somebody chooses', () => {
    const shelf = memoryShelf();
    const settings = new Settings(shelf);
    expect([settings.themeFor('athlete'), settings.themeFor('other')]).toEqual(['dark', 'system']);
    settings.theme = 'light';
    settings.sound = false;
    const again = new Settings(shelf);
    expect([again.themeFor('athlete'), again.sound, again.flash]).toEqual(['light', false, true]);
  });

  it('fall back to what is usual when the storage holds nonsense', () => {
    const settings = new Settings(memoryShelf({ settings: { theme: 'pink', sound: 'loud' } }));
    expect([settings.theme, settings.sound, settings.flash]).toEqual([null, true, true]);
  });
});

describe('a shelf', () => {
  it('treats what it can’t read as absent and survives a full storage', () => {
    localStorage.setItem('ringside.broken', '{');
    const shelf = shelfIn(localStorage);
    expect(shelf.get('broken')).toBeUndefined();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(() => {
      shelf.put('more', 1);
    }).not.toThrow();
  });
});

describe('entities of any kind', () => {
  const said = async () => {
    const { app, bridge } = await start(TRAINER, [session('active')]);
    const hear = vi.fn<(arrival: Arrival) => void>();
    app.onArrival(hear);
    return { app, bridge, hear };
  };
  const [bench] = LIBRARY as [(typeof LIBRARY)[0]];

  it('are put in the list of their kind, or taken out of it, and only sessions arrive', async () => {
    const { app, bridge, hear } = await said();
    const changed = { ...bench, name: 'Bankdrücken eng', version: 2 };
    bridge.say({
      type: 'entity',
      document: { kind: 'exercise', entity: changed },
      permits: null,
      cause: cause('exercise-saved'),
    });
    expect(app.exercises[0]?.name).toBe('Bankdrücken eng');
    expect(app.exercises).toHaveLength(LIBRARY.length);
    bridge.say({
      type: 'gone',
      entity: { kind: 'exercise', id: bench.id },
      cause: cause('exercise-removed'),
    });
    expect(app.exercises).toHaveLength(LIBRARY.length - 1);
    bridge.say({ type: 'gone', entity: { kind: 'session', id: 'x-now' }, cause: null });
    expect(app.sessions).toEqual([]);
    expect(hear).not.toHaveBeenCalled();
  });

  it('that are only shown differently are no arrival', async () => {
    const { app, bridge, hear } = await said();
    bridge.say(told(session('cancelled'), TRAINER, null));
    expect(app.sessions).toMatchObject([{ status: 'cancelled' }]);
    expect(hear).not.toHaveBeenCalled();
  });

  it('of a kind that this version does not know change nothing', async () => {
    const { app, bridge } = await said();
    const before = app.view;
    bridge.say({ type: 'gone', entity: { kind: 'goal' as Kind, id: 'x-now' }, cause: null });
    expect(app.view).toBe(before);
  });
});
