/** A studio machine's screen: picking oneself, PINs, and leaving nothing behind. */
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RefusedAct, StudioScreen } from '../src/bridge/bridge';
import { IDLE_MS } from '../src/state/studio.svelte';
import { ATHLETE, session, view } from '../dev/cast';
import { failure, type Answers } from '../dev/scripted';
import { here, MACHINE, PEOPLE, studio } from '../dev/studio-scenes';
import { open, type Window } from './stage';

const JONAS = 'person-jonasbrandt';
const REFUSED: RefusedAct = {
  key: 'k-1',
  at: new Date(0).toISOString(),
  session_id: 'x-1',
  athlete: null,
  round_number: 1,
  what: 'complete_round',
  code: 'session-ended',
  fields: [],
  plan: null,
  reports: [],
};
const house = view(null, [], { profile: 'studio-machine' });

beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function screen(answers: Answers = {}, more: Partial<StudioScreen> = {}): Promise<Window> {
  const window = await open(house, {
    lock: () => null,
    machine: () => MACHINE,
    keep_awake: () => null,
    ...answers,
  });
  await say(window, more);
  return window;
}

async function say(window: Window, more: Partial<StudioScreen>): Promise<void> {
  window.bridge.say({ type: 'studio', studio: studio(more) });
  await window.settle();
}

/** What the core tells when Jonas is in front. */
async function jonas(window: Window, ...sessions: Parameters<typeof view>[1] & object[]): Promise<void> {
  await say(window, { in_front: JONAS });
  window.bridge.say({ type: 'view', view: view(ATHLETE, sessions as never, { profile: JONAS }) });
  await window.settle();
}

async function type(window: Window, digits: string): Promise<void> {
  for (const digit of digits) await window.click(`digit-${digit}`);
}

async function person(window: Window, name: string): Promise<void> {
  const tile = [...document.querySelectorAll('[data-testid="person"]')].find((it) =>
    it.textContent.includes(name),
  );
  tile?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await window.settle();
}

describe('picking oneself', () => {
  it('shows who trains here, and tries a PIN with its fourth digit', async () => {
    const window = await screen({ pick: () => null });
    expect(window.view()).toBe('studio-pick');
    expect(document.querySelectorAll('[data-testid="person"]')).toHaveLength(PEOPLE.length);
    await person(window, 'Jonas');
    await type(window, '471');
    expect(window.asked('pick')).toHaveLength(0);
    await type(window, '1');
    expect(window.asked('pick')).toEqual([{ profile: JONAS, pin: '4711' }]);
  });

  it('takes digits from the keyboard as well, and takes one back', async () => {
    const window = await screen({ pick: () => null });
    await person(window, 'Jonas');
    for (const key of ['4', '7', '9', 'Backspace', '1', '1']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await window.settle();
    }
    expect(window.asked('pick')).toEqual([{ profile: JONAS, pin: '4711' }]);
  });

  it('says that a PIN is wrong, forgets its digits, and lets one try again', async () => {
    const window = await screen({ pick: () => Promise.reject(failure('wrong-pin')) });
    await person(window, 'Jonas');
    await type(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('not the right PIN');
    expect(document.querySelectorAll('i.there')).toHaveLength(0);
    await type(window, '1111');
    expect(window.asked('pick')).toHaveLength(2);
  });

  it('counts down how long somebody who guessed has to wait, and takes no digit until then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await screen({
      pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 30 })),
    });
    await person(window, 'Jonas');
    await type(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('30 seconds');
    await vi.advanceTimersByTimeAsync(1000);
    await window.settle();
    expect(window.find('pin-failure').textContent).toContain('29 seconds');
    await type(window, '4711');
    expect(window.asked('pick')).toHaveLength(1);
    for (let second = 0; second < 29; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      await window.settle();
    }
    expect(window.find('pin-failure').textContent).toBe('');
    await type(window, '4711');
    expect(window.asked('pick')).toHaveLength(2);
  });

  it('shows nobody before the one who was picked is there', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    expect(window.view()).toBeUndefined();
    await jonas(window);
    expect(window.text()).toContain('Jonas Brandt');
  });
});

describe('somebody new', () => {
  it('signs in with a PIN that is typed twice', async () => {
    const window = await screen({ admit: () => null });
    await window.click('new-here');
    await window.type('email', 'jonas@studio.example');
    await window.type('password', 'correct horse');
    await window.type('new-pin', '4711');
    await window.type('repeat-pin', '4712');
    await window.click('submit-admit');
    expect(window.text()).toContain('The two PINs are different.');
    expect(window.asked('admit')).toHaveLength(0);
    await window.type('repeat-pin', '4711');
    await window.click('submit-admit');
    const admitted = { email: 'jonas@studio.example', password: 'correct horse', pin: '4711' };
    expect(window.asked('admit')).toEqual([admitted]);
  });

  it('is not offered another server once somebody trains there', async () => {
    const window = await screen();
    await window.click('new-here');
    expect(window.has('server-choice')).toBe(false);
    await say(window, { people: [] });
    expect(window.has('server-choice')).toBe(true);
  });

  it('signs in again when the server has ended their sign-in', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    const ended = view(null, [], { profile: JONAS, signed_out: 'by_server' });
    window.bridge.say({ type: 'view', view: ended });
    await window.settle();
    expect(window.view()).toBe('studio-admit');
    await window.click('back');
    expect(window.asked('lock')).toHaveLength(1);
  });
});

describe('leaving', () => {
  it('is one button, and what comes next is in the language of the device', async () => {
    const window = await screen();
    await jonas(window);
    expect(document.documentElement.lang).toBe('de');
    await window.click('lock');
    expect(window.asked('lock')).toHaveLength(1);
    await say(window, {});
    window.bridge.say({ type: 'view', view: house });
    await window.settle();
    expect(window.view()).toBe('studio-pick');
    expect(document.documentElement.lang).toBe('en');
  });

  it('happens by itself when nobody touches anything for a while, but not in a training', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await screen();
    await jonas(window);
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1000);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1000);
    expect(window.asked('lock')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(window.asked('lock')).toHaveLength(1);

    await jonas(window, session('active'));
    await vi.advanceTimersByTimeAsync(10 * IDLE_MS);
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('happens by itself also to somebody whose training nobody has joined', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await screen();
    await jonas(window, session('waiting'));
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('says what happens to what waits, and to what the server refused', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    const link = { state: 'offline', waiting: 2, reason: null } as const;
    window.bridge.say({ type: 'view', view: view(ATHLETE, [], { profile: JONAS, link }) });
    await window.settle();
    await window.click('open-settings');
    expect(window.find('waits-at-sign-out').textContent).toContain('2 Änderungen');
    window.bridge.say({ type: 'link', link: { ...link, waiting: 0 }, clock_offset_ms: 0 });
    window.bridge.say({ type: 'refused', refused: [REFUSED] });
    await window.settle();
    expect(window.find('refused-at-sign-out').textContent).toContain('bis du darüber entscheidest');
  });

  it('takes what was half typed off the machine with whoever is taken off it', async () => {
    localStorage.setItem('ringside.jonas-brandt.entries.r-1', '{}');
    localStorage.setItem('ringside.jonas-brandt.plan.x-1/new', '{}');
    localStorage.setItem('ringside.alva.entries.r-2', '{}');
    const window = await screen();
    await say(window, { people: [here('Alva')] });
    expect(localStorage.getItem('ringside.jonas-brandt.entries.r-1')).toBeNull();
    expect(localStorage.getItem('ringside.jonas-brandt.plan.x-1/new')).toBeNull();
    expect(localStorage.getItem('ringside.alva.entries.r-2')).toBe('{}');
  });

  it('keeps the screen awake for as long as a training goes on', async () => {
    const window = await screen();
    await jonas(window, session('active'));
    await window.tell(session('completed'), 'session-completed');
    // Somebody who is not in front trains on.
    expect(window.asked('keep_awake')).toEqual([{ on: true }]);
    await say(window, { in_front: JONAS, people: [here('Jonas Brandt')] });
    expect(window.asked('keep_awake')).toEqual([{ on: true }, { on: false }]);
  });
});

describe('the way out', () => {
  it('asks for the PIN of the studio instead of closing', async () => {
    const window = await screen({ open_staff: () => null });
    window.bridge.say({ type: 'closing' });
    await window.settle();
    expect(window.view()).toBe('studio-staff-pin');
    await type(window, '246810');
    await window.click('try-pin');
    expect(window.asked('open_staff')).toEqual([{ pin: '246810' }]);
  });

  it('is asked for whichever of its answers comes first', async () => {
    const window = await screen();
    await jonas(window);
    window.bridge.say({ type: 'closing' });
    await window.settle();
    // The core tells that nobody is in front after it has answered.
    await say(window, {});
    window.bridge.say({ type: 'view', view: house });
    await window.settle();
    expect(window.view()).toBe('studio-staff-pin');
  });

  it('says what has not been sent before it is ended', async () => {
    const window = await screen({}, { is_staff: true });
    await window.click('end-studio');
    expect(window.find('waits-at-end').textContent).toContain('2 changes');
  });

  it('removes somebody after a question, and says when something of theirs still waits', async () => {
    const refuse = () => Promise.reject(failure('still-waiting'));
    const window = await screen({ remove_person: refuse }, { is_staff: true });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: PEOPLE[0]?.profile }]);
    expect(window.find('failure').dataset['code']).toBe('still-waiting');
  });

  it('is set up in the settings of an ordinary machine, with a PIN that is typed twice', async () => {
    const window = await open(view(ATHLETE), { machine: () => MACHINE, become_studio: () => null });
    await window.click('open-settings');
    await window.click('submit-studio');
    expect(window.asked('become_studio')).toHaveLength(0);
    await window.type('new-pin', '246810');
    await window.type('repeat-pin', '246810');
    await window.click('submit-studio');
    expect(window.asked('become_studio')).toEqual([{ pin: '246810' }]);
  });
});
