/** The window and the desktop around it: the tray, closing, diagnostics. */
import { describe, expect, it } from 'vitest';

import { session, ATHLETE, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { kiosk } from '../dev/kiosk-scenes';
import { open } from './window';

it('the tray shows the state of the connection, in the person’s language', async () => {
  const window = await open(view(TRAINER), { show_in_tray: () => null });
  expect(window.asked('show_in_tray').at(-1)?.words).toMatchObject({
    open: 'Ringside öffnen',
    quit: 'Beenden',
  });
  const before = window.asked('show_in_tray').length;
  window.bridge.emit({
    type: 'link',
    link: { state: 'offline', waiting: 0, reason: 'unreachable' },
    clock_offset_ms: 0,
  });
  await window.settle();
  expect(window.asked('show_in_tray')).toHaveLength(before + 1);
});

describe('closing in the middle of a training', () => {
  const answers = { close_window: () => null, is_asking: () => null };

  it('is confirmed first', async () => {
    const window = await open(view(ATHLETE, [session('active')]), answers);
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    expect(window.find('closing').textContent).toContain('Mitten im Training schließen?');
    await window.click('confirm-closing');
    expect(window.asked('close_window')).toHaveLength(1);
    expect(window.has('closing')).toBe(false);
  });

  it('tells the shell each time that the question is shown', async () => {
    const window = await open(view(ATHLETE, [session('active')]), answers);
    expect(window.asked('is_asking')).toHaveLength(0);
    for (const times of [1, 2]) {
      window.bridge.emit({ type: 'closing' });
      await window.settle();
      expect(window.has('closing')).toBe(true);
      expect(window.asked('is_asking')).toHaveLength(times);
    }
    (window.find('closing') as HTMLDialogElement).close();
    await window.settle();
    expect(window.has('closing')).toBe(false);
    expect(window.asked('is_asking')).toHaveLength(2);
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    expect(window.asked('is_asking')).toHaveLength(3);
  });

  it('does not ask the next person what this one left unanswered', async () => {
    const training = view(ATHLETE, [session('active')]);
    const window = await open(training, answers);
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    window.bridge.emit({ type: 'view', view: view(null, [], { signed_out: 'by_server' }) });
    await window.settle();
    expect(window.view()).toBe('sign-in');
    window.bridge.emit({ type: 'view', view: training });
    await window.settle();
    expect(window.view()).toBe('between');
    expect(window.has('closing')).toBe(false);
  });

  it('is not asked about in a window that failed to start, nor once it has started', async () => {
    let isBroken = true;
    const window = await open(view(ATHLETE), {
      ...answers,
      view: () => {
        if (isBroken) throw failure('replica') as unknown as Error;
        window.bridge.emit({ type: 'view', view: view(ATHLETE, [session('active')]) });
        return null;
      },
    });
    expect(window.view()).toBe('failure');
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    expect([window.has('closing'), window.asked('is_asking').length]).toEqual([false, 0]);
    isBroken = false;
    await window.click('retry');
    expect(window.view()).toBe('between');
    expect(window.has('closing')).toBe(false);
  });

  it('is not asked about on a kiosk, which asks for the PIN', async () => {
    const window = await open(view(ATHLETE, [session('active')], { profile: 'person-jonasbrandt' }), {
      ...answers,
      lock: () => null,
      keep_awake: () => null,
    });
    window.bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: 'person-jonasbrandt' }) });
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    expect(window.has('closing')).toBe(false);
    expect(window.asked('is_asking')).toHaveLength(0);
  });
});

it('diagnostics that can’t be copied are shown', async () => {
  document.execCommand = () => false;
  const window = await open(view(TRAINER), { diagnostics: () => 'Ringside 0.1.0' });
  await window.click('open-settings');
  await window.click('copy-diagnostics');
  expect(window.find('diagnostics').textContent).toBe('Ringside 0.1.0');
  expect(window.find('diagnostics').lang).toBe('en');
});

it('diagnostics are offered when the start fails', async () => {
  document.execCommand = () => false;
  const window = await open(view(ATHLETE), {
    view: () => Promise.reject(failure('newer-replica', { detail: 'layout 9' })),
    diagnostics: () => 'Ringside 0.1.0',
  });
  expect(window.view()).toBe('failure');
  expect(window.text()).toContain('layout 9');
  expect(document.querySelector<HTMLElement>('.detail')?.lang).toBe('en');
  await window.click('copy-diagnostics');
  expect(window.find('diagnostics').textContent).toBe('Ringside 0.1.0');
});
