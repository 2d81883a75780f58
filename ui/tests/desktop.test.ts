/** The window and the desktop around it: newer versions, notices, the tray, invitations, closing. */
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Update } from '../src/bridge/bridge';
import { round, session, ATHLETE, TRAINER, view } from '../dev/cast';
import { megabytes, progressWords } from '../src/words/updates';
import { open } from './stage';

const ready: Update = { state: 'ready', version: '0.2.0', notes: 'Schneller.' };

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
      notes: null,
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
      view(TRAINER, [], { update: { state: 'installed', version: '0.2.0', notes: null } }),
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
    window.app.settings.notices = false;
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
    expect(window.asked('notify')).toHaveLength(1);
  });
});

describe('an invitation', () => {
  it('waits until what is known is what the server has', async () => {
    const offline = { state: 'connecting', waiting: 0, reason: null } as const;
    const window = await open(view(TRAINER, [], { link: offline }), {
      invitation: () => ({ session_id: waiting.id }),
    });
    expect(window.asked('invitation')).toHaveLength(0);
    await window.tell(waiting, 'session-started');
    window.bridge.say({ type: 'link', link: { ...offline, state: 'live' }, clock_offset_ms: 0 });
    await window.settle();
    expect(window.asked('invitation')).toHaveLength(1);
    expect(window.has('notice')).toBe(false);
  });

  const waiting = { ...session('waiting'), id: 's-other', athlete: { id: 'p-other', name: 'Other' } };

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

it('closing in the middle of a training is asked about, and done when it is meant', async () => {
  const window = await open(view(ATHLETE, [session('active')]), { close_window: () => null });
  window.bridge.say({ type: 'closing' });
  await window.settle();
  expect(window.find('closing').textContent).toContain('Mitten im Training schließen?');
  await window.click('confirm-closing');
  expect(window.asked('close_window')).toHaveLength(1);
  expect(window.has('closing')).toBe(false);
});

it('diagnostics that can’t be copied are shown to be copied by hand', async () => {
  document.execCommand = () => false;
  const window = await open(view(TRAINER), { diagnostics: () => 'Ringside 0.1.0' });
  await window.click('open-settings');
  await window.click('copy-diagnostics');
  expect(window.find('diagnostics').textContent).toBe('Ringside 0.1.0');
});
