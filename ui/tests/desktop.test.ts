/** The window and the desktop around it: the tray, closing, diagnostics. */
import { describe, expect, it } from 'vitest';

import { session, ATHLETE, TRAINER, view } from '../dev/cast';
import { failure } from '../dev/scripted';
import { kiosk } from '../dev/kiosk-scenes';
import { open } from './stage';

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

  it('is not asked on a kiosk, where the PIN is', async () => {
    const window = await open(view(ATHLETE, [session('active')], { profile: 'person-jonasbrandt' }), {
      ...answers,
      lock: () => null,
      keep_awake: () => null,
    });
    window.bridge.say({ type: 'kiosk', kiosk: kiosk({ foreground: 'person-jonasbrandt' }) });
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
  expect(window.find('diagnostics').lang).toBe('en');
});

it('diagnostics are there when nothing else is, beside what went wrong', async () => {
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
