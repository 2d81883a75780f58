/** What was done, corrected or entered afterwards (b65). */
import { describe, expect, it } from 'vitest';

import type { Exercise, Round, RoundExercise, Session } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { ATHLETE, JONAS, LIBRARY, NOTHING, view } from '../dev/fixtures';
import { past, PAST } from '../dev/history-scenes';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';
import { press, athletePage, value, select } from './past-window';

const focused = () => (document.activeElement as HTMLElement).dataset['testid'];

describe('a correction', () => {
  async function correcting(answers: Answers): Promise<Window> {
    const window = await athletePage({ ...past(), ...answers });
    await window.click('past-session');
    await window.click('correct');
    return window;
  }

  it('b65_is_sent_with_the_version_it_is_based_on', async () => {
    const window = await correcting({ correct_exercise: () => PAST.rounds[0] as (typeof PAST.rounds)[0] });
    await window.type('done-reps', '6');
    await window.type('correct-reason', ' Vertippt. ');
    await window.click('save-correction');
    expect(window.asked('correct_exercise')).toEqual([
      {
        session_id: 'x-now',
        round_id: 'r-1',
        item_id: 'i-1',
        version: 1,
        actual: { ...NOTHING, weight_kg: 80, reps: 6 },
        reason: 'Vertippt.',
      },
    ]);
    expect(window.has('correct-exercise')).toBe(false);
  });

  it('b58_with_a_value_that_can_not_be_read_is_not_sent_and_says_so', async () => {
    const window = await correcting({});
    await window.type('done-reps', 'acht');
    await window.click('save-correction');
    expect(window.asked('correct_exercise')).toEqual([]);
    expect(window.find('value-problem').textContent).toContain('nicht lesbar');
    expect((window.find('done-reps') as HTMLInputElement).value).toBe('acht');
  });

  it('b07_is_left_by_escape_alone_and_there_when_it_is_opened_again', async () => {
    const window = await correcting({});
    await window.type('done-reps', '6');
    await window.type('correct-reason', 'Vertippt.');
    window.find('correct-reason').focus();
    await press('Escape');
    expect(window.has('correct-exercise')).toBe(false);
    expect(window.has('session-detail')).toBe(true);
    await press('Escape');
    expect(window.view()).toBe('athletes');
    await window.click('past-session');
    expect(window.find('unsaved-correction').textContent).toContain('noch nicht gespeichert');
    await window.click('correct');
    expect(value(window, 'done-reps')).toBe('6');
    expect(value(window, 'correct-reason')).toBe('Vertippt.');
  });

  it('b34_is_discarded_at_once_and_brought_back_by_one_key', async () => {
    const window = await correcting({});
    await window.type('done-reps', '6');
    await window.click('keep-values');
    expect(window.has('unsaved-correction')).toBe(false);
    await window.click('undo');
    expect(window.has('unsaved-correction')).toBe(true);
  });

  it('b58_with_a_reason_that_is_too_long_keeps_it_and_says_so', async () => {
    const window = await correcting({});
    await window.type('correct-reason', 'x'.repeat(501));
    expect(window.find('correct-exercise').textContent).toContain('501');
    expect(value(window, 'correct-reason')).toHaveLength(501);
    await window.click('save-correction');
    expect(window.asked('correct_exercise')).toEqual([]);
  });

  it('b65_never_silently_replaces_a_newer_one', async () => {
    const [round] = PAST.rounds as [(typeof PAST.rounds)[0]];
    const [exercise] = round.exercises as [(typeof round.exercises)[0]];
    const theirs = { ...exercise, actual: { ...NOTHING, weight_kg: 75, reps: 7 } };
    const newer = { ...PAST, version: 10, rounds: [{ ...round, version: 2, exercises: [theirs] }] };
    let reads = 0;
    const window = await correcting({
      read_session: () => (reads++ === 0 ? PAST : newer),
      correct_exercise: ({ version }) =>
        version === 1 ? Promise.reject(failure('version-mismatch')) : (newer.rounds[0] as typeof round),
    });
    await window.type('done-reps', '6');
    await window.click('save-correction');
    expect(window.find('corrected-elsewhere').textContent).toContain('75\u202Fkg × 7');
    expect((window.find('done-reps') as HTMLInputElement).value).toBe('6');
    await window.click('save-correction');
    expect(window.asked('correct_exercise').map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('a session that happened without Ringside', () => {
  async function entering(answers: Answers = {}): Promise<Window> {
    const window = await athletePage({ ...past(), record_session: () => PAST, ...answers });
    await window.click('enter-session');
    await window.type('record-day', '2026-01-12');
    await window.type('record-time', '17:00');
    await window.type('record-minutes', '45');
    return window;
  }

  it('b65_is_entered_with_its_sets_as_rounds', async () => {
    const window = await entering();
    await select(window, 'record-add', 'e-bankdrücken');
    await window.type('record-sets', '2');
    await window.type('done-weight_kg', '80');
    await window.type('done-reps', '8');
    await window.click('save-record');
    const [sent] = window.asked('record_session');
    expect(sent?.athlete_id).toBe(JONAS.id);
    const begun = new Date('2026-01-12T17:00');
    expect(sent?.session.started_at).toBe(begun.toISOString());
    expect(sent?.session.ended_at).toBe(new Date(begun.getTime() + 45 * 60_000).toISOString());
    expect(sent?.session.rounds.map(({ exercises }) => exercises.map(({ actual }) => actual))).toEqual([
      [{ ...NOTHING, weight_kg: 80, reps: 8 }],
      [{ ...NOTHING, weight_kg: 80, reps: 8 }],
    ]);
    expect(window.has('record-session')).toBe(false);
  });

  it('b07_does_not_change_while_it_is_being_sent', async () => {
    let answer: (session: Session) => void = () => undefined;
    const window = await entering({ record_session: () => new Promise((done) => (answer = done)) });
    await select(window, 'record-add', 'e-klimmzug');
    await window.type('done-reps', '8');
    const isFixed = (testid: string) => {
      for (let at: HTMLElement | null = window.find(testid); at; at = at.parentElement)
        if (at.inert) return true;
      return false;
    };
    expect(isFixed('record-sets')).toBe(false);
    await window.click('save-record');
    for (const testid of ['record-day', 'record-sets', 'record-add']) expect(isFixed(testid)).toBe(true);
    answer(PAST);
    await settle();
    expect(window.has('record-session')).toBe(false);
  });

  it('is sent again as it was after a failure', async () => {
    const window = await entering({ record_session: () => Promise.reject(failure('unreachable')) });
    await select(window, 'record-add', 'e-klimmzug');
    await window.type('done-reps', '0');
    await window.click('save-record');
    await window.click('save-record');
    const [first, again, ...more] = window.asked('record_session');
    expect(first).toBeDefined();
    expect(again).toEqual(first);
    expect(more).toEqual([]);
  });

  it('is not entered without an exercise, nor for the future, and says why', async () => {
    const window = await entering();
    await window.click('save-record');
    expect(window.text()).toContain('Mindestens eine Übung fehlt noch.');
    await window.type('record-day', '2999-01-01');
    expect(window.text()).toContain('Das liegt in der Zukunft.');
    await select(window, 'record-add', 'e-klimmzug');
    await window.click('save-record');
    expect(window.asked('record_session')).toEqual([]);
  });

  it('b07_half_entered_is_there_again_wherever_somebody_was_meanwhile', async () => {
    const window = await entering();
    await select(window, 'record-add', 'e-bankdrücken');
    await window.type('record-sets', '3');
    await window.type('done-weight_kg', '80,');
    await press('Escape');
    expect(window.view()).toBe('athletes');
    expect(focused()).toBe('enter-session');
    expect(window.find('unsaved-record').textContent).toContain('noch nicht gespeichert');
    await window.click('open-library');
    await window.click('open-athletes');
    await window.click('enter-session');
    expect(value(window, 'record-day')).toBe('2026-01-12');
    expect(value(window, 'record-minutes')).toBe('45');
    expect(value(window, 'record-sets')).toBe('3');
    expect(value(window, 'done-weight_kg')).toBe('80,');
  });

  it('b34_is_discarded_at_once_and_brought_back_by_one_key', async () => {
    const window = await entering();
    await window.click('close-record');
    expect(window.has('unsaved-record')).toBe(false);
    await window.click('undo');
    await window.click('enter-session');
    expect(value(window, 'record-minutes')).toBe('45');
  });

  it('is not kept when nothing was entered, nor once it is saved', async () => {
    const window = await athletePage({ ...past(), record_session: () => PAST });
    await window.click('enter-session');
    await press('Escape');
    expect(window.has('unsaved-record')).toBe(false);
    await window.click('enter-session');
    await window.type('record-day', '2026-01-12');
    await select(window, 'record-add', 'e-klimmzug');
    await window.type('done-reps', '5');
    await window.click('save-record');
    expect(window.has('record-session')).toBe(false);
    expect(window.has('unsaved-record')).toBe(false);
  });

  it('can be looked for by its exercises, by whoever entered it', async () => {
    const [round] = PAST.rounds as [Round];
    const [exercise] = round.exercises as [RoundExercise];
    const other = { ...exercise, exercise_id: 'e-kettlebell', name: 'Kettlebell' };
    const record_session = () => ({ ...PAST, rounds: [{ ...round, exercises: [other] }] });
    const window = await entering({ record_session });
    await select(window, 'record-add', 'e-klimmzug');
    await window.type('done-reps', '8');
    await window.click('save-record');
    const offered = [...(window.find('filter-exercise') as HTMLSelectElement).options];
    expect(offered.map((option) => option.value)).toContain('e-kettlebell');
  });

  it('b55_has_a_time_of_day_that_an_athlete_can_choose_by_touch', async () => {
    const window = await open(view(ATHLETE, [PAST]), { ...past(), record_session: () => PAST });
    await window.click('open-history');
    await window.click('enter-session');
    await window.type('record-day', '2026-01-12');
    await select(window, 'record-time', '17:15');
    await select(window, 'record-add', 'e-bankdrücken');
    await window.type('done-weight_kg', '80');
    await window.type('done-reps', '8');
    await window.click('save-record');
    const [sent] = window.asked('record_session');
    expect(sent?.session.started_at).toBe(new Date('2026-01-12T17:15').toISOString());
  });

  it('is entered by an athlete with every exercise of the studio that is not archived', async () => {
    const old = { ...(LIBRARY[0] as Exercise), id: 'e-alt', name: 'Alte Übung', archived: true };
    const window = await open(view(ATHLETE), {
      ...past([]),
      import_exercises: () => [...LIBRARY, old],
      record_session: () => PAST,
    });
    await window.click('open-history');
    await window.click('enter-session');
    const offered = [...(window.find('record-add') as HTMLSelectElement).options].slice(1);
    expect(offered.map(({ value }) => value).sort()).toEqual(LIBRARY.map(({ id }) => id).sort());
    await window.type('record-day', '2026-01-12');
    await select(window, 'record-time', '17:15');
    await select(window, 'record-add', 'e-klimmzug');
    await window.type('done-reps', '8');
    await window.click('save-record');
    expect(window.asked('record_session')[0]?.session.rounds[0]?.exercises[0]?.exercise_id).toBe(
      'e-klimmzug',
    );
  });

  it('says when the exercises can’t be asked for, and asks again', async () => {
    const window = await open(view(ATHLETE), {
      ...past([]),
      import_exercises: () => Promise.reject(failure('unreachable')),
    });
    await window.click('open-history');
    await window.click('enter-session');
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    expect(window.has('record-add')).toBe(false);
    window.bridge.answers.import_exercises = () => LIBRARY;
    await window.click('retry-record-exercises');
    expect(window.has('failure')).toBe(false);
    expect((window.find('record-add') as HTMLSelectElement).options).toHaveLength(LIBRARY.length + 1);
  });

  it('says when the studio has no exercise yet', async () => {
    const window = await open(view(ATHLETE), { ...past([]), import_exercises: () => [] });
    await window.click('open-history');
    await window.click('enter-session');
    expect(window.text()).toContain('Noch keine Übung zur Auswahl');
  });

  it('is entered by an athlete, without a network, with the exercises they have done', async () => {
    const window = await open(view(ATHLETE, [PAST]), past());
    await window.click('open-history');
    await window.click('enter-session');
    const options = [...(window.find('record-add') as HTMLSelectElement).options].map(({ text }) => text);
    expect(options.slice(1)).toEqual(['Bankdrücken', 'Kniebeuge'].map(isolated));
  });
});
