/** Newer versions, as the window tells of them. */
import { describe, expect, it } from 'vitest';

import type { Update } from '../src/bridge/bridge';
import { session, TRAINER, view } from '../dev/fixtures';
import { overwriteGetLocale } from '../src/paraglide/runtime';
import { megabytes, progressWords, releaseNotes } from '../src/words/updates';
import { open } from './window';

const ready: Update = { state: 'ready', version: '0.2.0', notes: { de: 'Schneller.', en: 'Faster.' } };

describe('a newer version', () => {
  it('is offered between sessions with its release notes, and installed on demand', async () => {
    const window = await open(view(TRAINER, [], { update: ready }), { install_update: () => null });
    expect(window.find('update-ready').textContent).toContain('Version 0.2.0 ist bereit.');
    await window.click('update-news');
    expect(window.find('update-notes').textContent).toBe('Schneller.');
    await window.click('update-now');
    expect(window.asked('install_update')).toHaveLength(1);
  });

  it('shows release notes in the window’s language, or else in another', async () => {
    const window = await open(view(TRAINER, [], { update: ready }));
    await window.click('update-news');
    window.bridge.emit({ type: 'view', view: view({ ...TRAINER, locale: 'en' }, [], { update: ready }) });
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

  it('is not offered during a session, but after it', async () => {
    const window = await open(view(TRAINER, [session('active')], { update: ready }));
    expect(window.has('update-ready')).toBe(false);
    await window.click('open-settings');
    expect((window.find('install-update') as HTMLButtonElement).disabled).toBe(true);
    await window.deliver(session('completed'), 'session-completed');
    expect(window.has('update-ready')).toBe(true);
  });

  it('shows the progress of its download', async () => {
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

  it('with a bad signature is reported once, and can be looked for again', async () => {
    const window = await open(view(TRAINER), { check_for_update: () => null });
    const update: Update = { state: 'failed', version: '0.2.0', code: 'bad-signature' };
    window.bridge.emit({ type: 'update', update });
    await window.settle();
    expect(window.find('notice').textContent).toContain('signierte');
    expect(window.find('notice').textContent).toContain('Diese Version arbeitet weiter');
    await window.click('open-settings');
    await window.click('check-for-update');
    expect(window.asked('check_for_update')).toHaveLength(1);
  });

  it('that fails while the settings are open is reported there, without a notice', async () => {
    const window = await open(view(TRAINER));
    await window.click('open-settings');
    const update: Update = { state: 'failed', version: '0.2.0', code: 'interrupted' };
    window.bridge.emit({ type: 'update', update });
    await window.settle();
    expect(window.find('update-words').textContent).toContain('abgebrochen');
    expect(window.find('announcement').textContent).toContain('abgebrochen');
    expect(window.has('notice')).toBe(false);
  });

  it('that is looked for is announced while the settings are open only', async () => {
    const window = await open(view(TRAINER));
    const said = () => window.find('announcement').textContent;
    const check = async () => {
      for (const state of ['checking', 'newest'] as const) {
        window.bridge.emit({ type: 'update', update: { state } });
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

  it('is reported when it runs for the first time', async () => {
    const window = await open(
      view(TRAINER, [], { update: { state: 'installed', version: '0.2.0', notes: {} } }),
    );
    expect(window.find('notice').textContent).toContain('Ringside ist jetzt Version 0.2.0.');
  });
});
