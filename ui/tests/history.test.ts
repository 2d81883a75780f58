/** The past in the windows: asked for page by page, a session whole, corrected, and entered afterwards. */
import { describe, expect, it, vi } from 'vitest';

import type { Exercise, Session } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { athlete, ALVA, ATHLETE, JONAS, LIBRARY, NOTHING, session, TRAINER, view } from '../dev/fixtures';
import { past, PAST, summary } from '../dev/history-scenes';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

const jonas = { athletes: [athlete(JONAS)] };

async function press(key: string): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

async function athletePage(answers: Answers = past(), sessions: Session[] = []): Promise<Window> {
  const window = await open(view(TRAINER, sessions, jonas), answers);
  await window.click('open-athletes');
  await window.click('athlete');
  return window;
}

/** What was asked of the list; how often somebody had pain lately is asked beside it. */
const listed = (window: Window) =>
  window.asked('list_sessions').filter(({ query }) => query.limit !== 100 || query.before !== undefined);
const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')].map(
    ({ dataset }) => dataset['session'],
  );
const value = (window: Window, testid: string) => (window.find(testid) as HTMLInputElement).value;
const focused = () => (document.activeElement as HTMLElement).dataset['testid'];

async function select(window: Window, testid: string, value: string): Promise<void> {
  const input = window.find(testid) as HTMLSelectElement;
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

const names = () =>
  [...document.querySelectorAll('[data-testid="athlete"]')].map((row) => row.textContent.trim());

describe('the athletes of a trainer', () => {
  it('b59_are_reached_by_g_a_and_found_by_typing', async () => {
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS), athlete(ALVA)] }), past());
    await press('g');
    await press('a');
    expect(window.view()).toBe('athletes');
    expect(names()).toEqual(['Alva Lindqvist', 'Jonas Brandt']);
    await window.type('search-athletes', 'bra jo');
    expect(names()).toEqual(['Jonas Brandt']);
    await press('Enter');
    expect(window.find('athlete-page').dataset['athlete']).toBe(JONAS.id);
  });

  it('are left by escape once nothing is looked for', async () => {
    const window = await open(view(TRAINER, [], jonas), past());
    await window.click('open-athletes');
    await window.type('search-athletes', 'xyz');
    window.find('search-athletes').focus();
    await press('Escape');
    expect(value(window, 'search-athletes')).toBe('');
    expect(window.view()).toBe('athletes');
    await press('Escape');
    expect(window.view()).toBe('trainer');
  });

  it('opened again and again leave nothing behind', async () => {
    const window = await open(view(TRAINER, [], { athletes: [athlete(JONAS), athlete(ALVA)] }), past());
    let listeners = 0;
    for (const target of [globalThis.window, document]) {
      const [add, remove] = [target.addEventListener, target.removeEventListener];
      vi.spyOn(target, 'addEventListener').mockImplementation((...of: Parameters<typeof add>) => {
        listeners++;
        add.apply(target, of);
      });
      vi.spyOn(target, 'removeEventListener').mockImplementation((...of: Parameters<typeof remove>) => {
        listeners--;
        remove.apply(target, of);
      });
    }
    await window.click('open-athletes');
    const openBoth = async () => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-testid="athlete"]')) {
        row.click();
        await settle();
        await window.click('past-session');
        await window.click('close-session');
      }
    };
    await openBoth();
    const held = { listeners, elements: document.querySelectorAll('*').length };
    for (let i = 0; i < 4; i++) await openBoth();
    expect({ listeners, elements: document.querySelectorAll('*').length }).toEqual(held);
    vi.restoreAllMocks();
  });

  it('are all there when there are 300, without asking anybody', async () => {
    const many = Array.from({ length: 300 }, (_, i) => athlete({ id: `u-${i}`, name: `Athlet ${i}` }));
    const window = await open(view(TRAINER, [], { athletes: many }));
    await window.click('open-athletes');
    expect(names()).toHaveLength(300);
    expect(window.asked('list_sessions')).toEqual([]);
  });

  it('tell what matters now: pain, the last session, and the one that goes on', async () => {
    const recent = summary({ id: 'x-recent', started_at: new Date().toISOString() });
    const window = await athletePage(past([recent, summary()]), [session('active')]);
    expect(window.find('recent-pain').textContent).toContain('der letzten vier Wochen');
    expect(window.find('athlete-page').textContent).toContain('Letztes Training:');
    await window.click('athlete-to-session');
    expect(window.view()).toBe('trainer');
  });
});

const pages: Answers = {
  list_sessions: ({ query }) =>
    query.before === 'second'
      ? { sessions: [summary({ id: 'x-2' })], next: null }
      : { sessions: [summary({ id: 'x-1' })], next: 'second' },
};

describe('past sessions', () => {
  it('b33_are_asked_for_page_by_page', async () => {
    const window = await athletePage(pages);
    expect(listed(window)[0]).toMatchObject({ athlete_id: JONAS.id, query: { before: null } });
    await window.click('more-sessions');
    expect(listed(window)[1]?.query.before).toBe('second');
    expect(rows()).toEqual(['x-1', 'x-2']);
    expect(window.has('more-sessions')).toBe(false);
  });

  it('are there as they were left, with the focus, when somebody comes back from one', async () => {
    const window = await athletePage({ ...past(), ...pages });
    await window.click('more-sessions');
    const asked = listed(window).length;
    document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')[1]?.click();
    await settle();
    expect(window.find('session-detail').dataset['session']).toBe('x-2');
    await press('Escape');
    expect(rows()).toEqual(['x-1', 'x-2']);
    expect((document.activeElement as HTMLElement).dataset['session']).toBe('x-2');
    expect(listed(window)).toHaveLength(asked);
    expect(window.view()).toBe('athletes');
  });

  it('are read again, as many as are shown, when one ends', async () => {
    const window = await athletePage({ ...past(), ...pages });
    await window.click('more-sessions');
    window.bridge.answers.list_sessions = () => ({
      sessions: ['x-now', 'x-1', 'x-2'].map((id) => summary({ id })),
      next: null,
    });
    document.querySelectorAll<HTMLElement>('[data-testid="past-session"]')[1]?.focus();
    await window.deliver(session('completed', [], { version: 2 }), 'session-completed');
    expect(listed(window).at(-1)?.query).toMatchObject({ before: null, limit: 32 });
    expect(rows()).toEqual(['x-now', 'x-1', 'x-2']);
    expect((document.activeElement as HTMLElement).dataset['session']).toBe('x-2');
  });

  it('that failed to be read under another filter do not stand under it', async () => {
    const window = await athletePage();
    window.bridge.answers.list_sessions = () => Promise.reject(failure('unreachable'));
    await select(window, 'filter-exercise', 'e-kniebeuge');
    expect(rows()).toEqual([]);
    expect(value(window, 'filter-exercise')).toBe('e-kniebeuge');
    window.bridge.answers = past();
    await window.click('retry-sessions');
    expect(listed(window).at(-1)?.query.exercise_id).toBe('e-kniebeuge');
    expect(rows()).toEqual(['x-past']);
  });

  it('are asked for again from the page that failed', async () => {
    const window = await athletePage(pages);
    const answer = window.bridge.answers.list_sessions;
    window.bridge.answers.list_sessions = () => Promise.reject(failure('unreachable'));
    await window.click('more-sessions');
    expect(rows()).toEqual(['x-1']);
    if (answer) window.bridge.answers.list_sessions = answer;
    await window.click('retry-sessions');
    expect(listed(window).at(-1)?.query.before).toBe('second');
    expect(rows()).toEqual(['x-1', 'x-2']);
  });

  describe('are looked for by exercise', () => {
    const options = (window: Window) =>
      [...(window.find('filter-exercise') as HTMLSelectElement).options].slice(1).map(({ text }) => text);

    it('also by one that is archived', async () => {
      const old = { ...(LIBRARY[0] as Exercise), id: 'e-alt', name: 'Alte Übung', archived: true };
      const window = await athletePage({ ...past(), archived_exercises: () => [old] });
      expect(options(window)[0]).toBe(`${isolated('Alte Übung')} (archiviert)`);
      expect(options(window)).toHaveLength(LIBRARY.length + 1);
      await window.click('enter-session');
      const offered = [...(window.find('record-add') as HTMLSelectElement).options];
      expect(offered.map(({ value }) => value)).not.toContain('e-alt');
    });

    it('by an athlete also by those of a session they read', async () => {
      const window = await open(view(ATHLETE), past());
      await window.click('open-history');
      expect(options(window)).toEqual([]);
      await window.click('past-session');
      await press('Escape');
      expect(options(window)).toEqual(['Bankdrücken', 'Kniebeuge'].map(isolated));
      expect(window.asked('archived_exercises')).toEqual([]);
    });
  });

  it('tell of recent pain whatever is looked for', async () => {
    const hurt = [summary({ id: 'x-1' }), summary({ id: 'x-2' })];
    const window = await athletePage({
      list_sessions: ({ query }) => ({ sessions: query.exercise_id ? [] : hurt, next: null }),
    });
    await select(window, 'filter-exercise', 'e-kniebeuge');
    expect(rows()).toEqual([]);
    expect(window.find('recent-pain').textContent).toContain('2');
    expect(window.find('athlete-page').textContent).toContain('Letztes Training:');
  });

  it('b33_are_found_by_exercise_and_by_day', async () => {
    const window = await athletePage();
    await select(window, 'filter-exercise', 'e-kniebeuge');
    await select(window, 'filter-to', '2026-11-24');
    const { query } = window.asked('list_sessions').at(-1) ?? {};
    expect(query?.exercise_id).toBe('e-kniebeuge');
    expect(query?.to).toBe(new Date('2026-11-25T00:00').toISOString());
  });

  it('can be asked for again after a failure', async () => {
    const window = await athletePage({ list_sessions: () => Promise.reject(failure('unreachable')) });
    window.bridge.answers = past();
    await window.click('retry-sessions');
    expect(window.has('past-session')).toBe(true);
  });

  it('b18_are_those_of_the_athlete_in_their_own_window', async () => {
    const window = await open(view(ATHLETE), past());
    await press('g');
    await press('h');
    expect(window.view()).toBe('history');
    expect(window.asked('list_sessions')[0]?.athlete_id).toBe(ATHLETE.id);
    await window.click('past-session');
    expect(window.find('session-detail').textContent).toContain('Bankdrücken');
    await press('Escape');
    expect(window.has('past-session')).toBe(true);
    await press('Escape');
    expect(window.view()).toBe('start');
  });

  it('hold planned and done, feedback, and corrections with who and when', async () => {
    const window = await athletePage();
    await window.click('past-session');
    const text = window.find('done-exercise').textContent;
    expect(text).toContain('80\u202Fkg × 7');
    expect(text).toContain('geplant 80\u202Fkg × 8');
    expect(window.find('pain').textContent).toContain('Knie');
    const correction = window.find('correction').textContent;
    expect(correction).toContain(`Korrigiert von ${isolated('Mira Sommer')}`);
    expect(correction).toContain('Vorher: 70\u202Fkg × 7');
    expect(correction).toContain('Falsche Scheiben gezählt.');
  });
});

describe('the note on a past session', () => {
  const NOTE = { session_id: 'x-past', text: 'Zieht rechts.', version: 2 };

  it('b67_is_read_where_this_device_does_not_have_it_and_written', async () => {
    const window = await athletePage({
      ...past(),
      read_note: () => NOTE,
      save_note: ({ text }) => ({ ...NOTE, text, version: 3 }),
    });
    await window.click('past-session');
    expect(window.asked('read_note')).toEqual([{ session_id: 'x-past' }]);
    expect(window.find('note-shown').textContent).toBe('Zieht rechts.');
    await window.click('open-note');
    await window.type('note-text', 'Zieht links.');
    await window.click('save-note');
    expect(window.asked('save_note')).toEqual([{ session_id: 'x-past', version: 2, text: 'Zieht links.' }]);
    expect(window.find('note-shown').textContent).toBe('Zieht links.');
  });

  it('that is known here is not asked for', async () => {
    const window = await open(view(TRAINER, [PAST], { ...jonas, notes: [NOTE] }), past());
    await window.click('open-athletes');
    await window.click('athlete');
    await window.click('past-session');
    expect(window.asked('read_note')).toEqual([]);
    const notes = window.find('session-detail').querySelector('[data-testid="note-shown"]');
    expect(notes?.textContent).toBe('Zieht rechts.');
  });

  it('can be asked for again after a failure', async () => {
    const window = await athletePage({ ...past(), read_note: () => Promise.reject(failure('unreachable')) });
    await window.click('past-session');
    window.bridge.answers.read_note = () => NOTE;
    await window.click('retry-note');
    expect(window.has('note-shown')).toBe(true);
  });

  it('is none of an athlete’s business, nor of another trainer’s', async () => {
    const window = await open(view(ATHLETE), past());
    await window.click('open-history');
    await window.click('past-session');
    const other = await athletePage({ ...past(), read_session: () => ({ ...PAST, trainer: ALVA }) });
    await other.click('past-session');
    expect([...window.asked('read_note'), ...other.asked('read_note')]).toEqual([]);
  });
});

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
    expect(window.text()).toContain('Das läge in der Zukunft.');
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

  it('is entered by an athlete with the exercises they have done', async () => {
    const window = await open(view(ATHLETE, [PAST]), past());
    await window.click('open-history');
    await window.click('enter-session');
    const options = [...(window.find('record-add') as HTMLSelectElement).options].map(({ text }) => text);
    expect(options.slice(1)).toEqual(['Bankdrücken', 'Kniebeuge'].map(isolated));
  });
});
