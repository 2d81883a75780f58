/** The kiosk: picking oneself, PINs, and leaving nothing behind. */
import { describe, expect, it, vi } from 'vitest';

import type { Account, RefusedAct } from '../src/bridge/bridge';
import { AthleteState } from '../src/state/athlete-state.svelte';
import { IDLE_MS } from '../src/state/kiosk.svelte';
import { Planner } from '../src/state/planner.svelte';
import { recordDrafts } from '../src/state/record-form.svelte';
import { ALVA, ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { member, MEMBERS } from '../dev/kiosk-scenes';
import { bringJonas, JONAS, lobby, openKiosk, pickMember, sendKiosk, typePin } from './kiosk-window';

const REFUSED: RefusedAct = {
  key: 'k-1',
  at: new Date(0).toISOString(),
  subject: { kind: 'session', id: 'x-1' },
  exercise: null,
  correction: null,
  template: null,
  note: null,
  journal: null,
  weight: null,
  athlete: null,
  round_number: 1,
  what: 'complete_round',
  code: 'session-ended',
  fields: [],
  plan: null,
  reports: [],
};

describe('picking oneself', () => {
  it('lists the members, and submits a PIN with its fourth digit', async () => {
    const window = await openKiosk({ pick: () => null });
    expect(window.view()).toBe('kiosk-pick');
    expect(document.querySelectorAll('[data-testid="member"]')).toHaveLength(MEMBERS.length);
    await pickMember(window, 'Jonas');
    await typePin(window, '471');
    expect(window.asked('pick')).toHaveLength(0);
    await typePin(window, '1');
    expect(window.asked('pick')).toEqual([{ profile: JONAS, pin: '4711' }]);
  });

  it('accepts digits and Backspace from the keyboard', async () => {
    const window = await openKiosk({ pick: () => null });
    await pickMember(window, 'Jonas');
    for (const key of ['4', '7', '9', 'Backspace', '1', '1']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await window.settle();
    }
    expect(window.asked('pick')).toEqual([{ profile: JONAS, pin: '4711' }]);
  });

  it('reports a wrong PIN, clears the digits, and allows another attempt', async () => {
    const window = await openKiosk({ pick: () => Promise.reject(failure('wrong-pin')) });
    await pickMember(window, 'Jonas');
    await typePin(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('not the right PIN');
    expect(document.querySelectorAll('i.there')).toHaveLength(0);
    await typePin(window, '1111');
    expect(window.asked('pick')).toHaveLength(2);
  });

  it('counts down while entry is locked, and accepts no digit until then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await openKiosk({
      pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 30 })),
    });
    await pickMember(window, 'Jonas');
    await typePin(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('30 seconds');
    await vi.advanceTimersByTimeAsync(1000);
    await window.settle();
    expect(window.find('pin-failure').textContent).toContain('29 seconds');
    await typePin(window, '4711');
    expect(window.asked('pick')).toHaveLength(1);
    for (let second = 0; second < 29; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      await window.settle();
    }
    expect(window.find('pin-failure').textContent).toBe('');
    await typePin(window, '4711');
    expect(window.asked('pick')).toHaveLength(2);
  });

  it('shows a long wait in minutes, rounded up, and its end in seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await openKiosk({
      pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 121 })),
    });
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        await vi.advanceTimersByTimeAsync(1000);
        await window.settle();
      }
    };
    await pickMember(window, 'Jonas');
    await typePin(window, '0000');
    expect(window.find('pin-failure').textContent).toContain('in 3 minutes');
    await pass(1);
    expect(window.find('pin-failure').textContent).toContain('in 2 minutes');
    await pass(31);
    expect(window.find('pin-failure').textContent).toContain('in 89 seconds');
  });

  it('shows nothing until the view of the member has arrived', async () => {
    const window = await openKiosk();
    await sendKiosk(window, { foreground: JONAS });
    expect(window.view()).toBe('loading');
    await bringJonas(window);
    expect(window.text()).toContain('Jonas Brandt');
  });
});

describe('a new member', () => {
  it('signs in with a PIN that is typed twice', async () => {
    const window = await openKiosk({ admit: () => null });
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

  it('is not asked for the server, but told who can change it when it may be wrong', async () => {
    const window = await openKiosk({ admit: () => Promise.reject(failure('not-ringside')) });
    const signIn = async () => {
      await window.type('email', 'jonas@studio.example');
      await window.type('password', 'correct horse');
      await window.type('new-pin', '4711');
      await window.type('repeat-pin', '4711');
      await window.click('submit-admit');
    };
    await window.click('new-here');
    await signIn();
    // There are members, so the address is right and something else is wrong.
    expect(window.find('failure').dataset['code']).toBe('not-ringside');
    expect(window.has('servers-fault')).toBe(false);
    await sendKiosk(window, { members: [] });
    expect(window.find('servers-fault').textContent).toContain('under “For the studio”');
    expect(window.has('server-choice')).toBe(false);
  });

  it('signs in again when the server has ended the sign-in, and is told so', async () => {
    const window = await openKiosk();
    await sendKiosk(window, { foreground: JONAS });
    const ended = view(null, [], { profile: JONAS, signed_out: 'by_server' });
    window.bridge.emit({ type: 'view', view: ended });
    await window.settle();
    expect(window.view()).toBe('kiosk-admit');
    expect(window.text()).toContain('You were signed out');
    await window.click('back');
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('is not told that their sign-in has ended when they signed out themselves', async () => {
    const window = await openKiosk();
    await sendKiosk(window, { foreground: JONAS });
    const left = view(null, [], { profile: JONAS, signed_out: 'by_person' });
    window.bridge.emit({ type: 'view', view: left });
    await window.settle();
    expect(window.view()).toBe('kiosk-admit');
    expect(window.text()).not.toContain('You were signed out');
    expect(window.text()).toContain('Sign in once and choose a PIN.');
  });
});

describe('leaving', () => {
  it('is one button, and the lobby is in the language of the device', async () => {
    const window = await openKiosk();
    await bringJonas(window);
    expect(document.documentElement.lang).toBe('de');
    await window.click('lock');
    expect(window.asked('lock')).toHaveLength(1);
    await sendKiosk(window, {});
    window.bridge.emit({ type: 'view', view: lobby });
    await window.settle();
    expect(window.view()).toBe('kiosk-pick');
    expect(document.documentElement.lang).toBe('en');
  });

  it('happens automatically after a while without a touch, but not during a session', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await openKiosk();
    await bringJonas(window);
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1000);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1000);
    expect(window.asked('lock')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(window.asked('lock')).toHaveLength(1);

    await bringJonas(window, session('active'));
    await vi.advanceTimersByTimeAsync(10 * IDLE_MS);
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('happens automatically also while a session is waiting for the trainer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const window = await openKiosk();
    await bringJonas(window, session('waiting'));
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    expect(window.asked('lock')).toHaveLength(1);
  });

  it('says what happens to unsent and to refused changes', async () => {
    const window = await openKiosk();
    await sendKiosk(window, { foreground: JONAS });
    const link = { state: 'offline', waiting: 2, reason: null } as const;
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [], { profile: JONAS, link }) });
    await window.settle();
    await window.click('open-settings');
    expect(window.find('waits-at-sign-out').textContent).toContain('2 Änderungen');
    window.bridge.emit({ type: 'link', link: { ...link, waiting: 0 }, clock_offset_ms: 0 });
    window.bridge.emit({ type: 'refused', refused: [REFUSED] });
    await window.settle();
    expect(window.find('refused-at-sign-out').textContent).toContain('bis du darüber entscheidest');
  });

  it('deletes the stored input of a member who was removed', async () => {
    const first: Account = {
      ...TRAINER,
      id: '0193a7c1-5d2e-7f00-8a11-3c5b7d9e1f20',
      roles: ['athlete', 'trainer'],
    };
    const second: Account = { ...first, id: '0193a7c1-5d2e-7f00-8a11-3c5b7d9e1f21' };
    const profileOf = ({ id }: Account) => `profile-${id.slice(-2)}`;
    const members = [first, second].map((me) => member(me.name, { profile: profileOf(me), user: me.id }));
    const window = await openKiosk({}, { members });
    const kept = () =>
      Object.keys(localStorage).filter((key) => /\.(entries|rest|watched|plan|record)\b/.test(key));

    for (const me of [first, second]) {
      const own = session('active', [round(1, 'active', [item('i-1', LIBRARY[0] as never, { reps: 8 })])], {
        athlete: me,
      });
      const led = session('active', [], { id: 'x-led', athlete: ALVA });
      await sendKiosk(window, { members, foreground: profileOf(me) });
      window.bridge.emit({ type: 'view', view: view(me, [own, led], { profile: profileOf(me) }) });
      await window.settle();
      const athlete = new AthleteState(window.app);
      const [out] = own.rounds as [(typeof own.rounds)[0]];
      athlete.follow();
      athlete.entriesOf(out).form('i-1').note = 'zwickt';
      athlete.restAfter({ ...out, completed_at: out.started_at, rest_after_s: 600 }).extend();
      new Planner(window.app).change(led, (plan) => ({ ...plan, rest: '90' }));
      recordDrafts(window.app).put(me.id, { day: '2026-01-12', time: '17:00', minutes: '45', lines: [] });
      await sendKiosk(window, { members });
      window.bridge.emit({ type: 'view', view: lobby });
      await window.settle();
    }
    const before = kept();
    const rests = before.filter((key) => key.includes('.rest.'));
    expect([before.length, rests.length]).toEqual([10, 2]);
    await sendKiosk(window, { members: members.slice(1) });
    expect(kept()).toEqual(before.filter((key) => key.includes(second.id)));
    expect(kept()).toHaveLength(5);
    expect(window.app.drafts.entries.map(([id]) => id)).toEqual([`${second.id}.record.${second.id}`]);
  });

  it('keeps the screen on while any member is training', async () => {
    const window = await openKiosk();
    await bringJonas(window, session('active'));
    await window.deliver(session('completed'), 'session-completed');
    // A member in the background is still training.
    expect(window.asked('keep_awake')).toEqual([{ on: true }]);
    await sendKiosk(window, { foreground: JONAS, members: [member('Jonas Brandt')] });
    expect(window.asked('keep_awake')).toEqual([{ on: true }, { on: false }]);
  });
});
