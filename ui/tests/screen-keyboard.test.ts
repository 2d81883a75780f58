/** Behaviour 55: a screen without a keyboard. When ours is there, and what its keys do. */
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { HOLD_MS, REPEAT_MS } from '../src/components/keyboard/presses.svelte';
import { KEYBOARD_IN_USE_MS, SYSTEM_KEYBOARD_MS } from '../src/state/touch-typing.svelte';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { openKiosk } from './kiosk-window';
import { scrolledIntoView, open, type Window } from './window';
import { isShown, key, keys, point, settled, slideTo, tap, touch } from './touch';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const items = () => [item('i-1', bench, { weight_kg: 80, reps: 8 })];

const signIn = () => open(view(null));
const training = () => open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
const field = (window: Window, testid: string) => window.find(testid) as HTMLInputElement;

async function typeKey(window: Window, name = 'a'): Promise<void> {
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
  await settled(window);
}

/** The window has this height now: a keyboard of the system has come, or gone. */
async function resize(window: Window, height: number): Promise<void> {
  vi.stubGlobal('innerHeight', height);
  globalThis.dispatchEvent(new Event('resize'));
  await settled(window);
}

beforeEach(() => {
  vi.stubGlobal('innerHeight', 768);
});

describe('the on-screen keyboard', () => {
  it('comes when a field is touched, and goes with the field', async () => {
    const window = await signIn();
    expect(isShown(window)).toBe(false);
    await touch(window, 'email');
    expect(isShown(window)).toBe(true);
    expect(document.documentElement.dataset['keyboard']).toBe('');
    expect(scrolledIntoView).toHaveBeenLastCalledWith(window.find('email'));
    await touch(window, 'view');
    expect(isShown(window)).toBe(false);
    expect(document.documentElement.dataset['keyboard']).toBeUndefined();
  });

  it('stays away from a mouse, also after a touch', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'email', 'mouse');
    expect(isShown(window)).toBe(false);
    await touch(window, 'password');
    expect(isShown(window)).toBe(true);
    vi.advanceTimersByTime(5_000);
    await touch(window, 'email', 'mouse');
    expect(isShown(window)).toBe(false);
  });

  it('comes where a touch is followed by a mouse, as in WebKitGTK', async () => {
    const window = await signIn();
    window.find('email').dispatchEvent(new TouchEvent('touchstart', { bubbles: true }));
    window.find('email').dispatchEvent(new TouchEvent('touchend', { bubbles: true }));
    await touch(window, 'email', 'mouse');
    expect(isShown(window)).toBe(true);
  });

  it('moves nothing before a press has hit what it was meant for', async () => {
    const window = await signIn();
    await touch(window, 'email');
    const button = window.find('submit-sign-in');
    point(button, 'pointerdown');
    button.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
    window.find('email').blur();
    await settled(window);
    expect(isShown(window)).toBe(true);
    button.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
    await settled(window);
    expect(isShown(window)).toBe(false);
  });

  it('stays away while a real keyboard is used, until it has not been for a while', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'email');
    await typeKey(window);
    expect(isShown(window)).toBe(false);
    await touch(window, 'password');
    expect(isShown(window)).toBe(false);
    vi.advanceTimersByTime(KEYBOARD_IN_USE_MS);
    await touch(window, 'email');
    expect(isShown(window)).toBe(true);
  });

  it('knows of keys that were pressed before the first touch', async () => {
    const window = await signIn();
    window.find('email').focus();
    await typeKey(window);
    await touch(window, 'password');
    expect(isShown(window)).toBe(false);
  });

  it('is not driven away by the keys of a machine without a keyboard', async () => {
    const window = await signIn();
    await touch(window, 'email');
    await typeKey(window, 'AudioVolumeUp');
    expect(isShown(window)).toBe(true);
  });

  it('is put away, and comes back with a touch of the same field', async () => {
    const window = await signIn();
    await touch(window, 'email');
    await tap(window, 'put-away');
    expect(isShown(window)).toBe(false);
    expect(document.activeElement).toBe(window.find('email'));
    await touch(window, 'email');
    expect(isShown(window)).toBe(true);
  });

  it('can be switched off on this machine', async () => {
    const window = await openKiosk({}, { is_staff: true, members: [] });
    const option = field(window, 'screen-keyboard');
    expect(option.checked).toBe(true);
    option.click();
    expect(window.app.settings.screenKeyboard).toBe(false);
    await window.click('open-server-choice');
    await touch(window, 'server-url');
    expect(isShown(window)).toBe(false);
    option.click();
    await touch(window, 'server-url');
    expect(isShown(window)).toBe(true);
  });

  it('is a part of the dialog that its field is in', async () => {
    const window = await training();
    await window.click('cancel-session');
    await touch(window, 'cancel-reason');
    expect(window.find('screen-keys').closest('dialog')).toBe(window.find('cancel-reason').closest('dialog'));
    await window.click('cancel-session');
  });

  it('leaves the focus in the field, has no tab stop, and names every key', async () => {
    const window = await signIn();
    await touch(window, 'email');
    const pressed = point(key('m'), 'pointerdown');
    expect(pressed.defaultPrevented).toBe(true);
    const buttons = [...window.find('screen-keys').querySelectorAll('button')];
    expect(buttons.filter(({ tabIndex }) => tabIndex !== -1)).toEqual([]);
    const names = buttons.map((one) => one.getAttribute('aria-label') ?? one.textContent.trim());
    expect(names.filter((name) => name === '')).toEqual([]);
    expect(window.find('screen-keys').getAttribute('aria-label')).toBe('On-screen keyboard');
  });
});

describe('a keyboard of the system', () => {
  it('is left alone: ours goes when it takes its part of the window', async () => {
    const window = await signIn();
    await touch(window, 'email');
    await resize(window, 400);
    expect(isShown(window)).toBe(false);
    // Whoever put it away does not want ours in its place.
    await resize(window, 768);
    expect(isShown(window)).toBe(false);
    await touch(window, 'view');
  });

  it('is waited for where it came before, and replaced when it does not come', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'email');
    await resize(window, 400);
    await resize(window, 768);
    await touch(window, 'password');
    expect(isShown(window)).toBe(false);
    await vi.advanceTimersByTimeAsync(SYSTEM_KEYBOARD_MS);
    await settled(window);
    expect(isShown(window)).toBe(true);
    await touch(window, 'email');
    expect(isShown(window)).toBe(true);
  });

  it('is not taken for a window that somebody makes smaller', async () => {
    const window = await signIn();
    await touch(window, 'email');
    vi.stubGlobal('innerWidth', 800);
    await resize(window, 400);
    expect(isShown(window)).toBe(true);
  });
});

describe('the keys', () => {
  it('sign somebody in', async () => {
    const window = await open(view(null), { sign_in: () => ATHLETE });
    await touch(window, 'email');
    await tap(window, 'm', 'i', 'r', 'a', '@', 'e', 'x', '.', 'o', 'r', 'g', 'enter');
    expect(document.activeElement).toBe(window.find('password'));
    await tap(window, 'shift', 's', 'e', 'c', 'r', 'e', 't', 'symbols', '1', '!', 'enter');
    expect(window.asked('sign_in')).toEqual([{ email: 'mira@ex.org', password: 'Secret1!' }]);
    // The field is gone with its view.
    window.bridge.emit({ type: 'view', view: view(ATHLETE) });
    await settled(window);
    await settled(window);
    expect(window.view()).toBe('start');
    expect(isShown(window)).toBe(false);
  });

  it('write where the caret is, and over what is selected', async () => {
    const window = await signIn();
    await touch(window, 'password');
    await tap(window, 'a', 'b', 'd');
    field(window, 'password').setSelectionRange(2, 2);
    await tap(window, 'c');
    expect(field(window, 'password').value).toBe('abcd');
    field(window, 'password').setSelectionRange(1, 3);
    await tap(window, 'x');
    expect(field(window, 'password').value).toBe('axd');
    await tap(window, 'backspace');
    expect(field(window, 'password').value).toBe('ad');
  });

  it('write no more than a field takes', async () => {
    const window = await openKiosk();
    await window.click('new-here');
    await touch(window, 'new-pin');
    expect(keys().filter(Boolean)).toEqual([...'1234567890'.slice(0, 9), '0', 'Next']);
    await tap(window, '4', '7', '1', '1', '0');
    expect(field(window, 'new-pin').value).toBe('4711');
    await tap(window, 'enter');
    expect(document.activeElement).toBe(window.find('repeat-pin'));
  });

  it('lock capitals when Shift is pressed twice', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'password');
    await tap(window, 'shift', 'a', 'b', 'shift', 'shift', 'c', 'd', 'shift', 'e');
    expect(field(window, 'password').value).toBe('AbCDe');
  });

  it('begin the sentences of a note with a capital, and break its lines', async () => {
    const window = await training();
    await window.click('to-feedback');
    await touch(window, 'note');
    await tap(window, 'd', 'a', '.', 'space', 'e', 's', 'enter', 'z');
    expect(field(window, 'note').value).toBe('Da. Es\nZ');
    expect(window.view()).toBe('feedback');
  });

  it('are digits and the decimal mark of the language for a value, and reach its state', async () => {
    const window = await training();
    await touch(window, 'actual-weight_kg');
    window.app.language.current = 'de';
    await settled(window);
    const weight = field(window, 'actual-weight_kg');
    weight.setSelectionRange(0, weight.value.length);
    await tap(window, '8', '2', ',', '5');
    expect(weight.value).toBe('82,5');
    await tap(window, 'enter');
    expect(isShown(window)).toBe(false);
    expect(weight.value).toBe('82,5');
  });

  it('remove for as long as Backspace is held', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'password');
    await tap(window, ...'abcdef');
    point(key('backspace'), 'pointerdown');
    expect(field(window, 'password').value).toBe('abcde');
    vi.advanceTimersByTime(HOLD_MS + REPEAT_MS * 2);
    expect(field(window, 'password').value).toBe('ab');
    point(key('backspace'), 'pointerup');
    vi.advanceTimersByTime(REPEAT_MS * 5);
    expect(field(window, 'password').value).toBe('ab');
  });

  it('write what a held key offers, by sliding or by another touch', async () => {
    vi.useFakeTimers();
    const window = await signIn();
    await touch(window, 'password');
    const hold = async () => {
      point(key('o'), 'pointerdown');
      vi.advanceTimersByTime(HOLD_MS);
      await settled(window);
      return (other: string) => document.querySelector(`[data-other="${other}"]`) as Element;
    };
    const slid = await hold();
    slideTo(slid('ø'));
    point(key('o'), 'pointerup');
    await settled(window);
    expect(field(window, 'password').value).toBe('ø');
    const pressed = await hold();
    point(key('o'), 'pointerup');
    await settled(window);
    point(pressed('ö'), 'pointerdown');
    point(pressed('ö'), 'pointerup');
    await settled(window);
    expect(field(window, 'password').value).toBe('øö');
    expect(window.has('key-others')).toBe(false);
  });

  it('are written in the order in which two thumbs press them', async () => {
    const window = await signIn();
    await touch(window, 'password');
    point(key('a'), 'pointerdown', 'touch', 1);
    point(key('b'), 'pointerdown', 'touch', 2);
    point(key('b'), 'pointerup', 'touch', 2);
    point(key('a'), 'pointerup', 'touch', 1);
    expect(field(window, 'password').value).toBe('ab');
  });

  it('hear a touch that comes as no pointer', async () => {
    const window = await signIn();
    await touch(window, 'password');
    for (const type of ['touchstart', 'touchend']) {
      const event = new TouchEvent(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'changedTouches', { value: [{ identifier: 0, target: key('k') }] });
      key('k').dispatchEvent(event);
      expect(event.defaultPrevented).toBe(true);
    }
    expect(field(window, 'password').value).toBe('k');
  });

  it('are pressed by a screen reader as well', async () => {
    const window = await signIn();
    await touch(window, 'password');
    key('q').click();
    expect(field(window, 'password').value).toBe('q');
  });

  it('take what a search has found with Enter', async () => {
    const window = await open(view(TRAINER, [session('active', [])]));
    await window.click('new-round');
    await touch(window, 'exercise-search');
    await tap(window, ...'bank', 'enter');
    expect(window.has('plan-item')).toBe(true);
  });
});
