/** Links that lead to a session. */
import { describe, expect, it } from 'vitest';

import type { Link, OpenedLink } from '../src/bridge/bridge';
import { session, ATHLETE, TRAINER, view } from '../dev/fixtures';
import { kiosk, LOBBY } from '../dev/kiosk-scenes';
import { past, PAST } from '../dev/history-scenes';
import { failure } from '../dev/scripted';
import { open } from './window';

const UNKNOWN = { read_session: () => Promise.reject(failure('not-found')) };

describe('a link to a session', () => {
  const waiting = { ...session('waiting'), id: 's-other', athlete: { id: 'p-other', name: 'Other' } };

  /** A window, and how a link is opened in it, which the shell gives away once. */
  const openable = async (activity: ReturnType<typeof view>) => {
    let opened: OpenedLink | null = null;
    const window = await open(activity, {
      opened_link: () => {
        const once = opened;
        opened = null;
        return once;
      },
      keep_awake: () => null,
      ...UNKNOWN,
    });
    return {
      window,
      follow: async (link: OpenedLink) => {
        opened = link;
        window.bridge.emit({ type: 'link_opened' });
        await window.settle();
      },
    };
  };
  const follow = async (activity: ReturnType<typeof view>, link: OpenedLink) => {
    const { window, follow } = await openable(activity);
    await follow(link);
    return window;
  };
  const connection = (state: Link['state']): Link => ({ state, waiting: 0, reason: null });
  const notices = () => [...document.querySelectorAll('[data-testid="notice"]')].map((it) => it.textContent);

  const chosen = () =>
    document.querySelector<HTMLElement>('[data-testid="session-row"][aria-current="true"]')?.dataset[
      'session'
    ];

  it('is opened once the window is up to date', async () => {
    const before = view(TRAINER, [session('waiting')], { link: connection('connecting') });
    const window = await follow(before, { kind: 'session', session_id: waiting.id });
    await window.deliver(waiting, 'session-started');
    expect(chosen()).toBe(session('waiting').id);
    window.bridge.emit({ type: 'link', link: connection('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(chosen()).toBe(waiting.id);
    expect(notices()).toEqual([]);
  });

  it.each([
    ['offline', view(TRAINER, [], { link: connection('offline') }), 'versteht Ringside nicht'],
    ['signed out', view(null), 'understand this link'],
  ])('that can’t be read is reported at once, also while %s', async (_, activity, words) => {
    await follow(activity, { kind: 'unreadable' });
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain(words);
  });

  it('that arrives offline is announced once and opened when there is a connection', async () => {
    const window = await follow(view(TRAINER, [], { link: connection('offline') }), {
      kind: 'session',
      session_id: waiting.id,
    });
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain('sobald du verbunden bist');
    window.app.announcements.clear();
    for (const state of ['connecting', 'offline'] as const) {
      window.bridge.emit({ type: 'link', link: connection(state), clock_offset_ms: 0 });
      await window.settle();
    }
    expect(notices()).toEqual([]);
    await window.deliver(session('waiting'), 'session-started');
    await window.deliver(waiting, 'session-started');
    window.bridge.emit({ type: 'link', link: connection('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(chosen()).toBe(waiting.id);
  });

  it('that arrives while nobody is signed in is opened after signing in', async () => {
    const window = await follow(view(null), { kind: 'session', session_id: 's-unknown' });
    expect(notices()[0]).toContain('as soon as you are signed in');
    window.bridge.emit({ type: 'view', view: view(TRAINER) });
    await window.settle();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
  });

  it('is not announced during the moment that connecting takes', async () => {
    const window = await follow(view(TRAINER, [], { link: connection('connecting') }), {
      kind: 'session',
      session_id: 's-unknown',
    });
    expect(notices()).toEqual([]);
    window.bridge.emit({ type: 'link', link: connection('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
  });

  describe('on a kiosk', () => {
    const opened: OpenedLink = { kind: 'session', session_id: 's-unknown' };
    const openKiosk = async () => {
      const { window, follow } = await openable(view(null, [], { profile: LOBBY }));
      const comes = async (profile: string | null, state: Link['state'] = 'live') => {
        window.bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: profile }) });
        const theirs = { profile: profile ?? LOBBY };
        const shown = profile
          ? view(ATHLETE, [], { ...theirs, link: connection(state) })
          : view(null, [], theirs);
        window.bridge.emit({ type: 'view', view: shown });
        await window.settle();
      };
      await comes(null);
      return { window, follow, comes };
    };

    it('waits in the lobby for the next member', async () => {
      const { follow, comes } = await openKiosk();
      await follow(opened);
      expect(notices()).toEqual([]);
      await comes('person-jonasbrandt');
      expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
    });

    it('that could not be opened yet is not shown to another member', async () => {
      const { follow, comes } = await openKiosk();
      await comes('person-jonasbrandt', 'offline');
      await follow(opened);
      expect(notices()[0]).toContain('sobald du verbunden bist');
      await comes(null);
      await comes('person-alvalindqvist');
      expect(notices()).toEqual([]);
    });

    it('waits for the member in whose window it arrived', async () => {
      const { follow, comes } = await openKiosk();
      await comes('person-jonasbrandt', 'offline');
      await follow(opened);
      await comes(null);
      await comes('person-jonasbrandt');
      expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
    });
  });

  it('shows the session of whoever is waiting', async () => {
    const sessions = [session('waiting'), waiting];
    const window = await open(view(TRAINER, sessions), {
      opened_link: () => ({ kind: 'session', session_id: waiting.id }),
    });
    const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="session-row"]')];
    const current = rows.find(
      (row) => row.ariaCurrent === 'true' || row.getAttribute('aria-current') === 'true',
    );
    expect(current?.dataset['session']).toBe(waiting.id);
    expect(window.has('notice')).toBe(false);
  });

  describe('that is over', () => {
    const link = (id: string): OpenedLink => ({ kind: 'session', session_id: id });

    it.each([
      ['known here', [PAST]],
      ['not known here', []],
    ])('opens it on the page of its athlete when it is %s', async (_, sessions) => {
      const window = await openable(view(TRAINER, sessions));
      Object.assign(window.window.bridge.answers, past());
      await window.follow(link(PAST.id));
      expect(window.window.view()).toBe('athletes');
      expect(window.window.find('athlete-page').dataset['athlete']).toBe(PAST.athlete.id);
      expect(window.window.find('session-detail').dataset['session']).toBe(PAST.id);
      expect((document.activeElement as HTMLElement).dataset['testid']).toBe('session-detail');
      expect(notices()).toEqual([]);
    });

    it('opens it in the history of whoever trained', async () => {
      const { window, follow } = await openable(view(ATHLETE));
      Object.assign(window.bridge.answers, past());
      await follow(link(PAST.id));
      expect(window.view()).toBe('history');
      expect(window.find('session-detail').dataset['session']).toBe(PAST.id);
    });

    it('of somebody who is no longer the trainer’s is said to be over', async () => {
      const { window, follow } = await openable(view(TRAINER, [], { athletes: [] }));
      Object.assign(window.bridge.answers, past());
      await follow(link(PAST.id));
      expect(window.view()).toBe('trainer');
      expect(notices()[0]).toContain('gilt nicht mehr');
    });

    it('is opened later when it can not be read now', async () => {
      const { window, follow } = await openable(view(TRAINER));
      window.bridge.answers.read_session = () => Promise.reject(failure('unreachable'));
      await follow(link(PAST.id));
      expect(notices()[0]).toContain('sobald du verbunden bist');
      Object.assign(window.bridge.answers, past());
      for (const state of ['offline', 'live'] as const) {
        window.bridge.emit({ type: 'link', link: connection(state), clock_offset_ms: 0 });
        await window.settle();
      }
      expect(window.find('session-detail').dataset['session']).toBe(PAST.id);
    });
  });

  it.each<[string, OpenedLink, string]>([
    [
      'is for somebody else',
      { kind: 'session', session_id: 's-unknown' },
      'abgelaufen oder für jemand anderen',
    ],
    ['can’t be read', { kind: 'unreadable' }, 'versteht Ringside nicht'],
  ])('that %s is reported', async (_, link, words) => {
    const window = await open(view(TRAINER), { opened_link: () => link, ...UNKNOWN });
    expect(window.find('notice').textContent).toContain(words);
  });
});
