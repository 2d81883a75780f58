/** A studio machine's screen: picking oneself, PINs, and leaving nothing behind. */
import { describe, expect, it, vi } from 'vitest';

import type { Account, RefusedAct } from '../src/bridge/bridge';
import { Athlete } from '../src/state/athlete.svelte';
import { Planner } from '../src/state/planner.svelte';
import { IDLE_MS } from '../src/state/studio.svelte';
import { ALVA, ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/cast';
import { failure } from '../dev/scripted';
import { here, PEOPLE } from '../dev/studio-scenes';
import { house, JONAS, jonas, person, say, screen, type } from './studio-machine';

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

  it('says a long wait in minutes, rounded up, and its end in seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await screen({
      pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 121 })),
    });
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        await vi.advanceTimersByTimeAsync(1000);
        await window.settle();
      }
    };
    await person(window, 'Jonas');
    await type(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('in 3 minutes');
    await pass(1);
    expect(window.find('pin-failure').textContent).toContain('in 2 minutes');
    await pass(31);
    expect(window.find('pin-failure').textContent).toContain('in 89 seconds');
  });

  it('shows nobody before the one who was picked is there', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    expect(window.view()).toBe('loading');
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

  it('is never asked which server it is, but told who can change it when that is in question', async () => {
    const window = await screen({ admit: () => Promise.reject(failure('not-ringside')) });
    const signIn = async () => {
      await window.type('email', 'jonas@studio.example');
      await window.type('password', 'correct horse');
      await window.type('new-pin', '4711');
      await window.type('repeat-pin', '4711');
      await window.click('submit-admit');
    };
    await window.click('new-here');
    await signIn();
    // Somebody trains here, so the address is right and something else is wrong.
    expect(window.find('failure').dataset['code']).toBe('not-ringside');
    expect(window.has('servers-fault')).toBe(false);
    await say(window, { people: [] });
    expect(window.find('servers-fault').textContent).toContain('under “For the studio”');
    expect(window.has('server-choice')).toBe(false);
  });

  it('signs in again when the server has ended their sign-in, and is told so', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    const ended = view(null, [], { profile: JONAS, signed_out: 'by_server' });
    window.bridge.say({ type: 'view', view: ended });
    await window.settle();
    expect(window.view()).toBe('studio-admit');
    expect(window.text()).toContain('You were signed out');
    await window.click('back');
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('is not told that a sign-in has ended which they ended themselves', async () => {
    const window = await screen();
    await say(window, { in_front: JONAS });
    const left = view(null, [], { profile: JONAS, signed_out: 'by_person' });
    window.bridge.say({ type: 'view', view: left });
    await window.settle();
    expect(window.view()).toBe('studio-admit');
    expect(window.text()).not.toContain('You were signed out');
    expect(window.text()).toContain('Sign in once and choose a PIN.');
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
    const first: Account = {
      ...TRAINER,
      id: '0193a7c1-5d2e-7f00-8a11-3c5b7d9e1f20',
      roles: ['athlete', 'trainer'],
    };
    const second: Account = { ...first, id: '0193a7c1-5d2e-7f00-8a11-3c5b7d9e1f21' };
    // As the core names a profile after whose it is.
    const profileOf = ({ id }: Account) => `person-${id.replaceAll('-', '')}`;
    const people = [first, second].map((me) => here(me.name, { profile: profileOf(me) }));
    const window = await screen({}, { people });
    const kept = () => Object.keys(localStorage).filter((key) => /\.(entries|rest|watched|plan)\b/.test(key));

    for (const me of [first, second]) {
      const own = session('active', [round(1, 'active', [item('i-1', LIBRARY[0] as never, { reps: 8 })])], {
        athlete: me,
      });
      const led = session('active', [], { id: 'x-led', athlete: ALVA });
      await say(window, { people, in_front: profileOf(me) });
      window.bridge.say({ type: 'view', view: view(me, [own, led], { profile: profileOf(me) }) });
      await window.settle();
      const athlete = new Athlete(window.app);
      const [out] = own.rounds as [(typeof own.rounds)[0]];
      athlete.follow();
      athlete.entriesOf(out).form('i-1').note = 'zwickt';
      athlete.restAfter({ ...out, completed_at: out.started_at, rest_after_s: 600 }).more();
      new Planner(window.app).change(led, (plan) => ({ ...plan, rest: '90' }));
      await say(window, { people });
      window.bridge.say({ type: 'view', view: house });
      await window.settle();
    }
    const before = kept();
    const rests = before.filter((key) => key.includes('.rest.'));
    expect([before.length, rests.length]).toEqual([8, 2]);
    await say(window, { people: people.slice(1) });
    expect(kept()).toEqual(before.filter((key) => key.includes(second.id)));
    expect(kept()).toHaveLength(4);
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
