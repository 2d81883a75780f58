/** The board (b60): where each session stands, who comes first, what keys do, and what never moves. */
import { describe, expect, it, vi } from 'vitest';

import type { Session } from '../src/bridge/bridge';
import { liveWords } from '../src/state/live-words';
import { lastCompleted } from '../src/state/session';
import { byNeed, activityOf } from '../src/state/activity';
import {
  ATHLETE,
  item,
  JONAS,
  LIBRARY,
  NOTHING,
  round,
  secondsAgo,
  session,
  TRAINER,
  view,
} from '../dev/fixtures';
import { open, settle, type Window } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const exercise = item('i', bench, { weight_kg: 80, reps: 8 });
const felt = { effort: 8, pain: false, pain_regions: [], note: null };
const draft = round(2, 'draft', [exercise]);

function of(id: string, status: Session['status'], rounds: Session['rounds'] = []): Session {
  return session(status, rounds, { id, athlete: { id: `u-${id}`, name: `Athlete ${id}` } });
}
function completed(seconds: number, rest: number | null = null, pain = false): Session['rounds'][0] {
  const feedback = { ...felt, pain, pain_regions: pain ? (['left_knee'] as const).slice() : [] };
  return round(1, 'completed', [{ ...exercise, actual: NOTHING, feedback }], {
    completed_at: secondsAgo(seconds),
    rest_after_s: rest,
  });
}

const hurt = of('hurt', 'active', [completed(10, null, true)]);
const waits = of('waits', 'waiting');
const finished = of('finished', 'active', [completed(20)]);
const rested = of('rested', 'active', [completed(100, 90), draft]);
const resting = of('resting', 'active', [completed(10, 90), draft]);
const working = of('working', 'active', [
  round(1, 'active', [exercise, { ...exercise, id: 'j', actual: NOTHING }]),
]);

describe('a session stands', () => {
  const kinds = (session: Session) => activityOf(session, Date.now()).kind;

  it.each([
    ['pain', hurt],
    ['waits', waits],
    ['done', finished],
    ['rest-over', rested],
    ['rest', resting],
    ['begun', working],
    ['joined', of('joined', 'active')],
    ['out', of('out', 'active', [round(1, 'released', [exercise])])],
    ['ended', of('ended', 'completed')],
  ])('at %s', (kind, session) => {
    expect(kinds(session)).toBe(kind);
  });

  it('at the pain of its last round only until the next one is out', () => {
    expect(kinds({ ...hurt, rounds: [...hurt.rounds, round(2, 'released', [exercise])] })).toBe('out');
  });

  it('at the rest of the round that was completed last, whatever its number', async () => {
    const at = (id: number, seconds: number, rest_after_s: number | null) =>
      round(id, 'completed', [exercise], { completed_at: secondsAgo(seconds), rest_after_s });
    const crossed = (me: Session['athlete']) =>
      session('active', [at(1, 20, 90), at(2, 200, null)], { athlete: me });
    expect(lastCompleted(crossed(JONAS))?.number).toBe(1);
    expect(activityOf(crossed(JONAS), Date.now())).toMatchObject({ kind: 'rest', number: 1 });
    expect(liveWords(crossed(JONAS), Date.now())).toMatch(/^Pause 1:/);
    const window = await open(view(ATHLETE, [crossed(ATHLETE)]));
    expect(window.view()).toBe('rest');
  });

  it('at the later of two rounds, however their instants are written', () => {
    const at = (number: number, completed_at: string) =>
      round(number, 'completed', [exercise], { completed_at });
    const rounds = [at(1, '2026-11-30T12:00:00.250Z'), at(2, '2026-11-30T12:00:00Z')];
    expect(lastCompleted(session('active', rounds))?.number).toBe(1);
  });

  it('with what is ticked off of the round that has begun, and the hardest effort of the last one', () => {
    expect(activityOf(working, Date.now())).toMatchObject({ ticked: 1, of: 2 });
    expect(activityOf(finished, Date.now())).toMatchObject({ effort: 8 });
  });
});

it('who needs the trainer comes first, and of those alike who has waited longest', () => {
  const longer = of('longer', 'active', [completed(200)]);
  const all = [working, resting, rested, finished, longer, waits, hurt];
  expect(byNeed(all, Date.now()).map(({ id }) => id)).toEqual([
    'hurt',
    'waits',
    'longer',
    'finished',
    'rested',
    'working',
    'resting',
  ]);
});

describe('the board', () => {
  const tiles = () => [...document.querySelectorAll<HTMLElement>('[data-testid="tile"]')];
  const order = () => tiles().map(({ dataset }) => dataset['session']);
  const focused = () =>
    document.activeElement?.closest<HTMLElement>('[data-testid="tile"]')?.dataset['session'];

  async function press(key: string, target: EventTarget = document.activeElement ?? document.body) {
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await settle();
  }

  async function board(sessions = [working, finished, rested]): Promise<Window> {
    const window = await open(view(TRAINER, sessions), { release_round: () => draft });
    await press('b');
    return window;
  }

  it('is offered as soon as there are two sessions', async () => {
    const window = await open(view(TRAINER, [working]));
    expect(window.has('open-board')).toBe(false);
    await window.deliver(waits, 'session-started');
    await window.click('open-board');
    expect(order()).toEqual(['waits', 'working']);
  });

  it('has a tile for each session, in order of need, and keys to go to them', async () => {
    await board();
    expect(order()).toEqual(['finished', 'rested', 'working']);
    await press('2');
    expect(focused()).toBe('rested');
    await press('3');
    expect(focused()).toBe('working');
  });

  it('has numbers of its own, which the overview of keys tells from those of the list', async () => {
    const window = await board();
    await press('?');
    const words = window.find('shortcuts').textContent;
    for (const part of [
      'Training mit dieser Nummer in der Liste',
      'Zur Kachel mit dieser Nummer',
      'eigene Nummern',
    ])
      expect(words).toContain(part);
  });

  it('releases the next round of the tile that has the keyboard by Space, once, and opens nothing', async () => {
    const window = await board();
    window.bridge.answers.release_round = () => new Promise(() => undefined);
    await press('2');
    await press(' ');
    await press(' ');
    expect(window.asked('release_round')).toEqual([{ round_id: draft.id }]);
    expect(tiles()).toHaveLength(3);
  });

  it('releases nothing by Space where no round is ready', async () => {
    const window = await board();
    await press('1');
    await press(' ');
    expect(window.asked('release_round')).toEqual([]);
  });

  it('says since when an athlete has no connection, and no longer once they are back', async () => {
    const window = await board();
    const lost = () => tiles().filter((tile) => tile.querySelector('[data-testid="line-lost"]'));
    const presence = { athlete_id: working.athlete.id, online: false, since: secondsAgo(130) };
    window.bridge.emit({ type: 'presence', presence });
    await settle();
    expect(lost().map(({ dataset }) => dataset['session'])).toEqual(['working']);
    expect(window.find('line-lost').textContent).toMatch(/Keine Verbindung seit 2:\d\d/);
    window.bridge.emit({ type: 'presence', presence: { ...presence, online: true, since: secondsAgo(0) } });
    await settle();
    expect(lost()).toEqual([]);
  });

  it('opens a session by click, and Escape comes back to its tile, with what was typed kept', async () => {
    const window = await board();
    await window.click('open-tile');
    expect(tiles()).toEqual([]);
    expect(window.find('new-round').closest('[hidden]')).toBeNull();
    await window.click('new-round');
    await window.type('exercise-search', 'bank');
    await window.click('exercise-option');
    await press('Escape', window.find('shorthand'));
    expect(tiles()).toHaveLength(3);
    expect(focused()).toBe('finished');
    await window.click('open-tile');
    expect(window.has('plan-item')).toBe(true);
  });

  it('leaves what is typed in the search to the first Escape', async () => {
    const window = await board();
    await window.click('open-tile');
    await window.click('new-round');
    window.find('exercise-search').focus();
    await window.type('exercise-search', 'bank');
    await press('Escape', window.find('exercise-search'));
    expect(tiles()).toEqual([]);
    await press('Escape', window.find('exercise-search'));
    expect(tiles()).toHaveLength(3);
  });

  it('never reorders under the keyboard; who is new comes last, who has ended stays', async () => {
    const window = await board();
    await press('3');
    await window.deliver(hurt, 'round-completed');
    await window.deliver(of('finished', 'completed'), 'session-completed');
    expect(order()).toEqual(['finished', 'rested', 'working', 'hurt']);
    expect(focused()).toBe('working');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    await press('Escape');
    vi.runAllTimers();
    vi.useRealTimers();
    await settle();
    expect(order()).toEqual(['hurt', 'rested', 'working']);
  });

  it('never reorders under the pointer', async () => {
    const window = await board();
    const grid = tiles()[0]?.parentElement;
    grid?.dispatchEvent(new MouseEvent('pointerenter'));
    await window.deliver(hurt, 'round-completed');
    expect(order()).toEqual(['finished', 'rested', 'working', 'hurt']);
    grid?.dispatchEvent(new MouseEvent('pointerleave'));
    await settle();
    expect(order()[0]).toBe('hurt');
  });

  it('lets a key act on the tile that has the keyboard, also on one of its buttons', async () => {
    const [anna, ben] = ['anna', 'ben'].map((id) =>
      of(id, 'active', [completed(100, 90), { ...draft, id: `r-${id}` }]),
    ) as [Session, Session];
    const window = await board([anna, ben]);
    await press('2');
    tiles()[0]?.querySelector<HTMLElement>('[data-testid="release-tile"]')?.focus();
    const id = focused() ?? '';
    await press('r');
    expect(window.asked('release_round')).toEqual([{ round_id: `r-${id}` }]);
  });

  it('lets no key act on a session whose tile nobody chose', async () => {
    const window = await board();
    await press('r', document.body);
    await press('x', document.body);
    expect(window.asked('release_round')).toEqual([]);
    expect(window.has('confirm-cancel')).toBe(false);
  });

  it('has eight tiles at most, and says how many sessions have none', async () => {
    const many = Array.from({ length: 10 }, (_, i) => of(`s${String(i)}`, 'active'));
    const window = await board(many);
    expect(tiles()).toHaveLength(8);
    expect(window.text()).toContain('2 weitere Trainings');
  });
});
