/** A studio machine's screen: picking oneself, PINs, and leaving nothing behind. */
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Account, PersonHere, RefusedAct, StudioScreen } from '../src/bridge/bridge';
import { Athlete } from '../src/state/athlete.svelte';
import { Planner } from '../src/state/planner.svelte';
import { IDLE_MS } from '../src/state/studio.svelte';
import { ALVA, ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/cast';
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

/** What the core tells when staff are there, and who trains here. */
async function staff(people: PersonHere[], answers: Answers = {}): Promise<Window> {
  return screen(answers, { is_staff: true, people });
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

  it('takes the window off the full screen, and says for how long', async () => {
    const window = await staff([], { fill_screen: () => null });
    const option = window.find('fill-screen') as HTMLInputElement;
    expect(document.getElementById(option.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'until this page is left',
    );
    option.checked = false;
    option.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect(window.asked('fill_screen')).toEqual([{ on: false }]);
  });

  it('points the machine to another server only while nobody trains on it', async () => {
    const window = await staff([], { choose_server: ({ url }) => `https://${url}` });
    await window.type('server-url', 'training.example');
    await window.click('choose-server');
    expect(window.asked('choose_server')).toEqual([{ url: 'training.example' }]);
    await say(window, { is_staff: true, people: [here('Jonas Brandt')] });
    expect(window.has('server-choice')).toBe(false);
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

describe('what is at stake for others', () => {
  const jonasHere = (more: Partial<PersonHere> = {}) => here('Jonas Brandt', more);
  const stakes = (window: Window) => window.find('at-stake').textContent;
  const row = (name: string) =>
    [...document.querySelectorAll('[data-testid="person-here"]')].find((it) => it.textContent.includes(name))
      ?.textContent;

  it('is in the list: who trains, and who keeps something', async () => {
    await staff([
      here('Alva', { waiting: 2 }),
      here('Mira', { trains: true }),
      here('Tariq', { keeps_something: true }),
      here('Yuki'),
    ]);
    expect(row('Alva')).toContain('2 changes waiting');
    expect(row('Mira')).toContain('training');
    expect(row('Tariq')).toContain('perhaps not everything is on the server');
    expect(row('Yuki')).not.toMatch(/waiting|training|server/);
  });

  it('is nothing for whoever neither trains nor keeps anything, so nothing is confirmed', async () => {
    const window = await staff([jonasHere()], { remove_person: () => null });
    await window.click('remove');
    expect(stakes(window)).toBe('');
    expect(window.find('confirm-remove').textContent).not.toContain('anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: false }]);
    expect(window.has('removing')).toBe(false);
  });

  it.each([
    ['a training', { trains: true }, 'The session will be cancelled.'],
    ['what waits', { waiting: 2, keeps_something: true }, '2 changes have not been sent and will be lost.'],
    [
      'what the server refused',
      { keeps_something: true },
      'has not received or has not accepted. It will be lost.',
    ],
  ])('is said before somebody is removed, and then confirmed: %s', async (_, more, words) => {
    const window = await staff([jonasHere(more)], { remove_person: () => null });
    await window.click('remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('confirm-remove').textContent).toContain('Remove anyway');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it.each([
    ['a training', { trains: true }, 'it is not cancelled'],
    [
      'what waits',
      { waiting: 2, keeps_something: true },
      '2 changes have not been sent. They stay on this machine',
    ],
    ['what the server refused', { keeps_something: true }, 'It stays on this machine and is not sent'],
  ])('is said before the studio’s screen is ended, and then confirmed: %s', async (_, more, words) => {
    const window = await staff([here('Alva'), jonasHere(more)], { end_studio: () => null });
    await window.click('end-studio');
    expect(stakes(window)).toContain(words);
    await window.click('confirm-end');
    expect(window.asked('end_studio')).toEqual([{ confirmed: true }]);
  });

  it('is nothing on a machine where nobody is at anything, so nothing is confirmed', async () => {
    const window = await staff([jonasHere()], { end_studio: () => null });
    await window.click('end-studio');
    expect(stakes(window)).toBe('');
    await window.click('confirm-end');
    expect(window.asked('end_studio')).toEqual([{ confirmed: false }]);
  });

  it.each([
    ['in-session', 'A session with Jonas Brandt is not over yet.'],
    ['still-waiting', 'has not received or has not accepted'],
  ] as const)('is asked again when the core knows of more: %s', async (code, words) => {
    const window = await staff([jonasHere()], {
      remove_person: ({ confirmed }) => (confirmed ? null : Promise.reject(failure(code))),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(stakes(window)).toContain(words);
    expect(window.find('removing').textContent).toContain('Jonas Brandt');
    expect(window.has('failure')).toBe(false);
    await window.click('confirm-remove');
    expect(window.asked('remove_person').map(({ confirmed }) => confirmed)).toEqual([false, true]);
    expect(window.has('removing')).toBe(false);
  });

  it('stays asked when the first question’s end is told only then, as web views do', async () => {
    const window = await staff([jonasHere()], {
      remove_person: () => Promise.reject(failure('in-session')),
    });
    await window.click('remove');
    const first = window.find('removing');
    await window.click('confirm-remove');
    expect(window.find('removing')).not.toBe(first);
    first.dispatchEvent(new Event('close'));
    await window.settle();
    expect(stakes(window)).toContain('is not over yet');
  });

  it('is asked again when the core refuses to end what somebody has just begun', async () => {
    const window = await staff([jonasHere()], {
      end_studio: ({ confirmed }) => (confirmed ? null : Promise.reject(failure('in-session'))),
    });
    await window.click('end-studio');
    await window.click('confirm-end');
    expect(stakes(window)).toContain('it is not cancelled');
    await window.click('confirm-end');
    expect(window.asked('end_studio').map(({ confirmed }) => confirmed)).toEqual([false, true]);
  });

  it('that was not in the question is not confirmed with it', async () => {
    const window = await staff([jonasHere({ waiting: 1, keeps_something: true })], {
      remove_person: () => null,
    });
    await window.click('remove');
    await say(window, {
      is_staff: true,
      people: [jonasHere({ waiting: 1, keeps_something: true, trains: true })],
    });
    expect(stakes(window)).not.toContain('cancelled');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([]);
    expect(stakes(window)).toContain('The session will be cancelled.');
    await window.click('confirm-remove');
    expect(window.asked('remove_person')).toEqual([{ profile: JONAS, confirmed: true }]);
  });

  it('that went wrong for another reason is said on the page', async () => {
    const window = await staff([jonasHere()], {
      remove_person: () => Promise.reject(failure('data-directory')),
    });
    await window.click('remove');
    await window.click('confirm-remove');
    expect(window.has('removing')).toBe(false);
    expect(window.find('failure').dataset['code']).toBe('data-directory');
  });
});
