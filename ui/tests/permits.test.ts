/** What may be done now is the core's to say: a window offers what is permitted, whatever a status may suggest. */
import { describe, expect, it } from 'vitest';

import type { Permit, Permits, Round, Session, View } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, entityMessage, TRAINER, view } from '../dev/fixtures';
import { permitsOf } from '../dev/permits';
import { open, settle, type Window } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const items = () => [item('i-1', bench, { reps: 5 })];
const draft = () => round(1, 'draft', items());

/** A view in which the core permits this and nothing else. */
function permitting(me: typeof TRAINER, of: Session, permits: Permits): View {
  return view(me, [of], { permits: { [of.id]: permits } });
}

function only(session: readonly Permit[], rounds: Record<Round['id'], Permit[]> = {}): Permits {
  return { session: [...session], rounds };
}

const isDisabled = (window: Window, testid: string) => (window.find(testid) as HTMLButtonElement).disabled;

async function press(key: string): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

describe('the trainer’s window', () => {
  const now = session('active', [draft()]);

  it('releases a draft only with a permit, by click and by key', async () => {
    const window = await open(permitting(TRAINER, now, only(['add_round'], { 'r-1': ['edit_round'] })), {
      release_round: draft,
    });
    expect(isDisabled(window, 'release-round')).toBe(true);
    await press('r');
    expect(window.asked('release_round')).toEqual([]);
    const message = {
      ...entityMessage(now, TRAINER, null),
      permits: only([], { 'r-1': ['edit_round', 'release_round'] }),
    };
    window.bridge.emit(message as ReturnType<typeof entityMessage>);
    await settle();
    expect(isDisabled(window, 'release-round')).toBe(false);
    await press('r');
    expect(window.asked('release_round')).toEqual([{ round_id: 'r-1' }]);
  });

  it('shows the buttons of a round that are permitted, and no others', async () => {
    const window = await open(permitting(TRAINER, now, only(['add_round'])));
    const buttons = ['edit-round', 'delete-round', 'recall-round', 'release-round'];
    expect(buttons.filter((testid) => window.has(testid))).toEqual([]);
    const released = session('active', [round(1, 'released', items())]);
    window.bridge.emit(entityMessage(released, TRAINER, null));
    await settle();
    expect(buttons.filter((testid) => window.has(testid))).toEqual(['edit-round', 'recall-round']);
  });

  it('saves a new round as a draft where it may not be released', async () => {
    const window = await open(permitting(TRAINER, session('active'), only(['add_round'])));
    await window.click('new-round');
    expect(isDisabled(window, 'save-and-release')).toBe(true);
    expect(isDisabled(window, 'save-draft')).toBe(false);
  });

  it('plans, joins and cancels only with a permit', async () => {
    const window = await open(permitting(TRAINER, session('waiting'), only([])));
    expect(isDisabled(window, 'join-session')).toBe(true);
    expect(window.has('cancel-session')).toBe(false);
    for (const key of ['j', 'x', 'n']) await press(key);
    expect(window.asked('join_session')).toEqual([]);
    expect(window.has('cancel-reason') || window.has('plan-item')).toBe(false);
    window.bridge.emit(entityMessage(session('active'), TRAINER, null));
    await settle();
    expect(window.has('cancel-session') && window.has('new-round')).toBe(true);
  });
});

describe('the athlete’s window', () => {
  const now = session('active', [round(1, 'active', items())]);

  it('starts a session only where that is permitted', async () => {
    const window = await open(view(ATHLETE, [], { may_start_session: false }));
    expect(window.has('start-session')).toBe(false);
    window.bridge.emit({ type: 'view', view: view(ATHLETE) });
    await settle();
    expect(window.has('start-session')).toBe(true);
  });

  it('begins, ticks off and cancels only with a permit', async () => {
    const window = await open(permitting(ATHLETE, now, only([], { 'r-1': ['start_round'] })));
    expect(window.has('begin-round')).toBe(true);
    expect(window.has('tick') || window.has('cancel-session')).toBe(false);
    window.bridge.emit(entityMessage(now, ATHLETE, null));
    await settle();
    expect(window.has('begin-round')).toBe(false);
    expect(window.has('tick') && window.has('cancel-session')).toBe(true);
  });

  it('completes a round only with a permit', async () => {
    const window = await open(permitting(ATHLETE, now, only([], { 'r-1': ['log_exercise'] })));
    await window.click('to-feedback');
    expect(isDisabled(window, 'complete-round')).toBe(true);
    window.bridge.emit(entityMessage(now, ATHLETE, null));
    await settle();
    expect(isDisabled(window, 'complete-round')).toBe(false);
  });
});

describe('the permits of scenes and tests', () => {
  it('are those of the part, and none for an unknown status', () => {
    expect(permitsOf(session('waiting'), TRAINER.id).session).toEqual(['join', 'cancel']);
    expect(permitsOf(session('waiting'), ATHLETE.id).session).toEqual(['cancel']);
    expect(permitsOf({ ...session('active'), status: 'paused' as Session['status'] }, TRAINER.id)).toEqual({
      session: [],
      rounds: {},
    });
  });
});
