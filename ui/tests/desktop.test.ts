/** The window and the desktop around it: newer versions, notices, the tray, invitations, closing. */
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Account, Invitation, Link, Update } from '../src/bridge/bridge';
import { ALVA, round, session, ATHLETE, TRAINER, view } from '../dev/cast';
import { failure } from '../dev/scripted';
import { studio } from '../dev/studio-scenes';
import { megabytes, newsWords, progressWords } from '../src/words/updates';
import { open } from './stage';

const ready: Update = { state: 'ready', version: '0.2.0', notes: { de: 'Schneller.', en: 'Faster.' } };

beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('a newer version', () => {
  it('is offered between two sessions, with what is new in it, and installed when the person says so', async () => {
    const window = await open(view(TRAINER, [], { update: ready }), { install_update: () => null });
    expect(window.find('update-ready').textContent).toContain('Version 0.2.0 ist bereit.');
    await window.click('update-news');
    expect(window.find('update-notes').textContent).toBe('Schneller.');
    await window.click('update-now');
    expect(window.asked('install_update')).toHaveLength(1);
  });

  it('says what is new in the window’s language, also when that changes, and else in one there is', async () => {
    const window = await open(view(TRAINER, [], { update: ready }));
    await window.click('update-news');
    window.bridge.say({ type: 'view', view: view({ ...TRAINER, locale: 'en' }, [], { update: ready }) });
    await window.settle();
    expect(window.find('update-notes').textContent).toBe('Faster.');
    expect(newsWords(ready, 'pt')).toBe('Faster.');
    expect(newsWords({ ...ready, notes: { de: 'Schneller.' } }, 'pt')).toBe('Schneller.');
    expect(newsWords({ ...ready, notes: {} }, 'de')).toBeNull();
  });

  it('waits while a session goes on, and is there when it has ended', async () => {
    const window = await open(view(TRAINER, [session('active')], { update: ready }));
    expect(window.has('update-ready')).toBe(false);
    await window.click('open-settings');
    expect((window.find('install-update') as HTMLButtonElement).disabled).toBe(true);
    await window.tell(session('completed'), 'session-completed');
    expect(window.has('update-ready')).toBe(true);
  });

  it('says how far its download has come', async () => {
    const update: Update = {
      state: 'downloading',
      version: '0.2.0',
      notes: {},
      done_bytes: 3_400_000,
      total_bytes: 8_836_066,
    };
    const window = await open(view(TRAINER, [], { update }));
    await window.click('open-settings');
    expect(window.find('update').textContent).toContain('3,4 von 8,8 MB');
    expect(progressWords({ ...update, total_bytes: null }, 'de')).toBe('bisher 3,4 MB');
    expect(megabytes(0, 'en')).toBe('0.0');
  });

  it('that was not what was signed is said once, with what it means, and may be looked for again', async () => {
    const window = await open(view(TRAINER), { check_for_update: () => null });
    const update: Update = { state: 'failed', version: '0.2.0', code: 'bad-signature' };
    window.bridge.say({ type: 'update', update });
    await window.settle();
    expect(window.find('notice').textContent).toContain('signierte');
    expect(window.find('notice').textContent).toContain('Diese Version arbeitet weiter');
    await window.click('open-settings');
    await window.click('check-for-update');
    expect(window.asked('check_for_update')).toHaveLength(1);
  });

  it('that fails while the settings are open is said there and not on top of it', async () => {
    const window = await open(view(TRAINER));
    await window.click('open-settings');
    const update: Update = { state: 'failed', version: '0.2.0', code: 'interrupted' };
    window.bridge.say({ type: 'update', update });
    await window.settle();
    expect(window.find('update-words').textContent).toContain('abgebrochen');
    expect(window.find('announcement').textContent).toContain('abgebrochen');
    expect(window.has('notice')).toBe(false);
  });

  it('that runs for the first time says what is new', async () => {
    const window = await open(
      view(TRAINER, [], { update: { state: 'installed', version: '0.2.0', notes: {} } }),
    );
    expect(window.find('notice').textContent).toContain('Ringside ist jetzt Version 0.2.0.');
  });
});

describe('whoever looks elsewhere', () => {
  it('is told by the system that somebody waits, unless it is switched off', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(TRAINER), { notify: () => null });
    await window.tell(session('waiting'), 'session-started');
    expect(window.asked('notify')[0]?.notice).toMatchObject({ session_id: session('waiting').id });
    await window.click('open-settings');
    await window.click('wait-notices');
    expect(window.has('round-notices')).toBe(false);
    await window.tell({ ...session('waiting'), id: 's-other' }, 'session-started');
    expect(window.asked('notify')).toHaveLength(1);
  });

  it('is told that a round is there, and is not when the window is in front', async () => {
    const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const window = await open(view(ATHLETE, [session('active')]), { notify: () => null });
    await window.tell(session('active', [round(1, 'released', [])]), 'round-released', 'r-1');
    expect(window.asked('notify')).toHaveLength(0);
    focus.mockReturnValue(false);
    await window.tell(session('active', [round(2, 'released', [])]), 'round-released', 'r-2');
    expect(window.asked('notify').map(({ notice }) => notice.session_id)).toEqual([session('active').id]);
    window.app.settings.roundNotices = false;
    await window.tell(session('active', [round(3, 'released', [])]), 'round-released', 'r-3');
    expect(window.asked('notify')).toHaveLength(1);
  });
});

describe('whoever has both parts', () => {
  const both: Account = { ...TRAINER, ...ATHLETE, roles: ['athlete', 'trainer'] };
  const own = session('active', [], { id: 'x-own' });
  const released = session('active', [round(1, 'released', [])], { id: 'x-own' });
  const alva = session('waiting', [], { id: 'x-alva', athlete: ALVA });

  it('hears of their round while they coach', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(both, [own]), { notify: () => null });
    const play = vi.spyOn(window.app.sounds, 'play');
    expect(window.view()).toBe('trainer');
    await window.tell(released, 'round-released', 'r-1');
    expect(play.mock.calls).toEqual([['round']]);
    expect(window.asked('notify')).toHaveLength(1);
    // It is nowhere on screen, so it is shown.
    expect(window.find('notice').textContent).toContain('Runde 1 ist da.');
    expect(window.find('announcement').textContent).toContain('Runde 1 ist da.');
  });

  it('hears who waits for them while they train, and is led there by a click on it', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(both, [own]), { notify: () => null });
    await window.click('role-athlete');
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.tell(alva, 'session-started');
    expect(play.mock.calls).toEqual([['waiting']]);
    expect(window.find('notice').textContent).toContain('Alva Lindqvist wartet auf dich.');
    expect(window.asked('notify').map(({ notice }) => notice.session_id)).toEqual([alva.id]);
    window.bridge.say({ type: 'reveal', session_id: alva.id });
    await window.settle();
    expect(window.view()).toBe('trainer');
    expect(document.querySelector('[data-session="x-alva"]')?.getAttribute('aria-current')).toBe('true');
  });

  it('hears of what is on screen once, and without a notice on top of it', async () => {
    const window = await open(view(both, [own]));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.tell(alva, 'session-started');
    await window.click('role-athlete');
    await window.tell(released, 'round-released', 'r-1');
    expect(play.mock.calls).toEqual([['waiting'], ['round']]);
    expect(window.has('notice')).toBe(false);
  });

  it('hears nothing of a part they do not have', async () => {
    const window = await open(view(ATHLETE));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.tell(alva, 'session-started');
    expect(play).not.toHaveBeenCalled();
    expect(window.find('announcement').textContent).toBe('');
  });
});

describe('an invitation', () => {
  const waiting = { ...session('waiting'), id: 's-other', athlete: { id: 'p-other', name: 'Other' } };

  /** A window, and how an invitation is opened in it, which the shell gives away once. */
  const invitable = async (standing: ReturnType<typeof view>) => {
    let opened: Invitation | null = null;
    const window = await open(standing, {
      invitation: () => {
        const once = opened;
        opened = null;
        return once;
      },
      keep_awake: () => null,
    });
    return {
      window,
      invite: async (invitation: Invitation) => {
        opened = invitation;
        window.bridge.say({ type: 'invited' });
        await window.settle();
      },
    };
  };
  const invite = async (standing: ReturnType<typeof view>, invitation: Invitation) => {
    const { window, invite } = await invitable(standing);
    await invite(invitation);
    return window;
  };
  const link = (state: Link['state']): Link => ({ state, waiting: 0, reason: null });
  const notices = () => [...document.querySelectorAll('[data-testid="notice"]')].map((it) => it.textContent);

  const chosen = () =>
    document.querySelector<HTMLElement>('[data-testid="session-row"][aria-current="true"]')?.dataset[
      'session'
    ];

  it('waits until what is known is what the server has', async () => {
    const before = view(TRAINER, [session('waiting')], { link: link('connecting') });
    const window = await invite(before, { session_id: waiting.id });
    await window.tell(waiting, 'session-started');
    expect(chosen()).toBe(session('waiting').id);
    window.bridge.say({ type: 'link', link: link('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(chosen()).toBe(waiting.id);
    expect(notices()).toEqual([]);
  });

  it.each([
    ['offline', view(TRAINER, [], { link: link('offline') }), 'keine Einladung'],
    ['signed out', view(null), 'no invitation'],
  ])('that can’t be read is said at once, also while %s', async (_, standing, words) => {
    await invite(standing, { session_id: null });
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain(words);
  });

  it('opened without a connection is noted, said once, and looked at when there is one', async () => {
    const window = await invite(view(TRAINER, [], { link: link('offline') }), { session_id: waiting.id });
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain('sobald du verbunden bist');
    window.app.announcements.clear();
    for (const state of ['connecting', 'offline'] as const) {
      window.bridge.say({ type: 'link', link: link(state), clock_offset_ms: 0 });
      await window.settle();
    }
    expect(notices()).toEqual([]);
    await window.tell(session('waiting'), 'session-started');
    await window.tell(waiting, 'session-started');
    window.bridge.say({ type: 'link', link: link('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(chosen()).toBe(waiting.id);
  });

  it('opened while nobody is signed in is noted, and looked at when somebody is', async () => {
    const window = await invite(view(null), { session_id: 's-unknown' });
    expect(notices()[0]).toContain('as soon as you are signed in');
    window.bridge.say({ type: 'view', view: view(TRAINER) });
    await window.settle();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
  });

  it('is not said to wait for the moment that connecting takes', async () => {
    const window = await invite(view(TRAINER, [], { link: link('connecting') }), { session_id: 's-unknown' });
    expect(notices()).toEqual([]);
    window.bridge.say({ type: 'link', link: link('live'), clock_offset_ms: 0 });
    await window.settle();
    expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
  });

  describe('on a studio machine', () => {
    const opened: Invitation = { session_id: 's-unknown' };
    const machine = async () => {
      const { window, invite } = await invitable(view(null, [], { profile: 'studio-machine' }));
      const comes = async (profile: string | null, state: Link['state'] = 'live') => {
        window.bridge.say({ type: 'studio', studio: studio({ in_front: profile }) });
        const theirs = { profile: profile ?? 'studio-machine' };
        const shown = profile ? view(ATHLETE, [], { ...theirs, link: link(state) }) : view(null, [], theirs);
        window.bridge.say({ type: 'view', view: shown });
        await window.settle();
      };
      await comes(null);
      return { window, invite, comes };
    };

    it('is left alone while nobody is in front, and is for whoever comes', async () => {
      const { window, invite, comes } = await machine();
      const asked = window.asked('invitation').length;
      await invite(opened);
      expect(window.asked('invitation')).toHaveLength(asked);
      expect(notices()).toEqual([]);
      await comes('person-jonasbrandt');
      expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
    });

    it('that could not be looked at yet is nobody else’s', async () => {
      const { invite, comes } = await machine();
      await comes('person-jonasbrandt', 'offline');
      await invite(opened);
      expect(notices()[0]).toContain('sobald du verbunden bist');
      await comes(null);
      await comes('person-alvalindqvist');
      expect(notices()).toEqual([]);
    });

    it('waits for whom it was opened', async () => {
      const { invite, comes } = await machine();
      await comes('person-jonasbrandt', 'offline');
      await invite(opened);
      await comes(null);
      await comes('person-jonasbrandt');
      expect(notices()[0]).toContain('abgelaufen oder für jemand anderen');
    });
  });

  it('leads to the one who waits', async () => {
    const sessions = [session('waiting'), waiting];
    const window = await open(view(TRAINER, sessions), { invitation: () => ({ session_id: waiting.id }) });
    const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="session-row"]')];
    const current = rows.find(
      (row) => row.ariaCurrent === 'true' || row.getAttribute('aria-current') === 'true',
    );
    expect(current?.dataset['session']).toBe(waiting.id);
    expect(window.has('notice')).toBe(false);
  });

  it.each([
    ['is over', { session_id: 'x-now' }, 'gilt nicht mehr'],
    ['is for somebody else', { session_id: 's-unknown' }, 'abgelaufen oder für jemand anderen'],
    ['is none', { session_id: null }, 'keine Einladung'],
  ])('that %s says so', async (_, invitation, words) => {
    const window = await open(view(TRAINER, [session('completed')]), { invitation: () => invitation });
    expect(window.find('notice').textContent).toContain(words);
  });
});

it('the tray says how the connection stands, in the person’s language', async () => {
  const window = await open(view(TRAINER), { show_in_tray: () => null });
  expect(window.asked('show_in_tray').at(-1)?.words).toMatchObject({
    open: 'Ringside öffnen',
    quit: 'Beenden',
  });
  const before = window.asked('show_in_tray').length;
  window.bridge.say({
    type: 'link',
    link: { state: 'offline', waiting: 0, reason: 'unreachable' },
    clock_offset_ms: 0,
  });
  await window.settle();
  expect(window.asked('show_in_tray')).toHaveLength(before + 1);
});

describe('closing in the middle of a training', () => {
  const answers = { close_window: () => null, is_asking: () => null };

  it('is asked about, and done when it is meant', async () => {
    const window = await open(view(ATHLETE, [session('active')]), answers);
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect(window.find('closing').textContent).toContain('Mitten im Training schließen?');
    await window.click('confirm-closing');
    expect(window.asked('close_window')).toHaveLength(1);
    expect(window.has('closing')).toBe(false);
  });

  it('tells the shell that it is asked about, each time', async () => {
    const window = await open(view(ATHLETE, [session('active')]), answers);
    expect(window.asked('is_asking')).toHaveLength(0);
    for (const times of [1, 2]) {
      window.bridge.say({ type: 'closing' });
      await window.settle();
      expect(window.has('closing')).toBe(true);
      expect(window.asked('is_asking')).toHaveLength(times);
    }
    (window.find('closing') as HTMLDialogElement).close();
    await window.settle();
    expect(window.has('closing')).toBe(false);
    expect(window.asked('is_asking')).toHaveLength(2);
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect(window.asked('is_asking')).toHaveLength(3);
  });

  it('is not asked of the next person what this one did not answer', async () => {
    const training = view(ATHLETE, [session('active')]);
    const window = await open(training, answers);
    window.bridge.say({ type: 'closing' });
    await window.settle();
    window.bridge.say({ type: 'view', view: view(null, [], { signed_out: 'by_server' }) });
    await window.settle();
    expect(window.view()).toBe('sign-in');
    window.bridge.say({ type: 'view', view: training });
    await window.settle();
    expect(window.view()).toBe('between');
    expect(window.has('closing')).toBe(false);
  });

  it('is asked by no window that can’t start, nor after it could', async () => {
    let isBroken = true;
    const window = await open(view(ATHLETE), {
      ...answers,
      view: () => {
        if (isBroken) throw failure('replica') as unknown as Error;
        window.bridge.say({ type: 'view', view: view(ATHLETE, [session('active')]) });
        return null;
      },
    });
    expect(window.view()).toBe('failure');
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect([window.has('closing'), window.asked('is_asking').length]).toEqual([false, 0]);
    isBroken = false;
    await window.click('retry');
    expect(window.view()).toBe('between');
    expect(window.has('closing')).toBe(false);
  });

  it('is not told to be asked on a studio’s screen, where the PIN is', async () => {
    const window = await open(view(ATHLETE, [session('active')], { profile: 'person-jonasbrandt' }), {
      ...answers,
      lock: () => null,
      keep_awake: () => null,
    });
    window.bridge.say({ type: 'studio', studio: studio({ in_front: 'person-jonasbrandt' }) });
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect(window.has('closing')).toBe(false);
    expect(window.asked('is_asking')).toHaveLength(0);
  });
});

it('diagnostics that can’t be copied are shown to be copied by hand', async () => {
  document.execCommand = () => false;
  const window = await open(view(TRAINER), { diagnostics: () => 'Ringside 0.1.0' });
  await window.click('open-settings');
  await window.click('copy-diagnostics');
  expect(window.find('diagnostics').textContent).toBe('Ringside 0.1.0');
});

it('diagnostics are there when nothing else is, beside what went wrong', async () => {
  document.execCommand = () => false;
  const window = await open(view(ATHLETE), {
    view: () => Promise.reject(failure('newer-replica', { detail: 'layout 9' })),
    diagnostics: () => 'Ringside 0.1.0',
  });
  expect(window.view()).toBe('failure');
  expect(window.text()).toContain('layout 9');
  await window.click('copy-diagnostics');
  expect(window.find('diagnostics').textContent).toBe('Ringside 0.1.0');
});
