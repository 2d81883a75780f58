/** Newer versions, as the window tells of them. */
import { describe, expect, it } from 'vitest';

import type { Update } from '../src/bridge/bridge';
import { session, TRAINER, view } from '../dev/cast';
import { overwriteGetLocale } from '../src/paraglide/runtime';
import { megabytes, progressWords, releaseNotes } from '../src/words/updates';
import { open } from './stage';

const ready: Update = { state: 'ready', version: '0.2.0', notes: { de: 'Schneller.', en: 'Faster.' } };

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
    expect(window.find('update-notes').lang).toBe('en');
    overwriteGetLocale(() => 'pt');
    expect(releaseNotes(ready)).toEqual({ text: 'Faster.', lang: 'en' });
    expect(releaseNotes({ ...ready, notes: { de: 'Schneller.' } })).toEqual({
      text: 'Schneller.',
      lang: 'de',
    });
    expect(releaseNotes({ ...ready, notes: {} })).toBeNull();
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
    expect(progressWords({ ...update, total_bytes: null })).toBe('bisher 3,4 MB');
    overwriteGetLocale(() => 'en');
    expect(megabytes(0)).toBe('0.0');
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

  it('that is looked for is said aloud in the settings, and nowhere else', async () => {
    const window = await open(view(TRAINER));
    const said = () => window.find('announcement').textContent;
    const check = async () => {
      for (const state of ['checking', 'newest'] as const) {
        window.bridge.say({ type: 'update', update: { state } });
        await window.settle();
      }
    };
    await check();
    expect(said()).toBe('');
    await window.click('open-settings');
    await check();
    expect(said()).toBe('Ringside ist auf dem neuesten Stand.');
    expect(window.has('notice')).toBe(false);
  });

  it('that runs for the first time says what is new', async () => {
    const window = await open(
      view(TRAINER, [], { update: { state: 'installed', version: '0.2.0', notes: {} } }),
    );
    expect(window.find('notice').textContent).toContain('Ringside ist jetzt Version 0.2.0.');
  });
});
