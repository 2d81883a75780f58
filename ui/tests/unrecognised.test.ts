/** Words of a newer server, in the window of each part: shown neutrally, nothing breaks, nothing is sent back changed. */
import { describe, expect, it } from 'vitest';

import type { Account, Exercise, FailureCode, RefusedAct, Session, Unrecognised } from '../src/bridge/bridge';
import { isKnown, known } from '../src/words/known';
import { regionWords } from '../src/words/regions';
import { isolated } from '../src/words/names';
import { ATHLETE, exercise, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { open } from './window';

/** A word as a newer server might say it. */
const word = (text: string) => text as Unrecognised;

const stretch: Exercise = exercise('Hüftöffner', word('mobility'), 'reps', word('tempo'));
const plan = () => [item('i-1', stretch, { reps: 8 })];
const paused = (more: Partial<Session> = {}): Session => ({
  ...session('active', [round(1, word('queued'), plan())], { id: 'x-paused' }),
  status: word('paused'),
  ...more,
});
const more = (me: Account): Account => ({
  ...me,
  roles: [...me.roles, word('masseur')],
  locale: word('fr'),
});
const refused = (key: string, act: Partial<RefusedAct>): RefusedAct => ({
  key,
  at: new Date(0).toISOString(),
  subject: { kind: 'exercise', id: stretch.id },
  athlete: null,
  round_number: null,
  what: 'edit_exercise',
  code: 'name-taken',
  fields: [],
  plan: null,
  reports: [],
  exercise: null,
  correction: null,
  template: null,
  note: null,
  journal: null,
  weight: null,
  ...act,
});

describe('a table', () => {
  it('has nothing for an unknown word, nor for a property of every object', () => {
    expect(known({ a: 1 }, word('b'))).toBeUndefined();
    expect(known({ a: 1 }, word('constructor'))).toBeUndefined();
    expect(known({ a: 1 }, 'a')).toBe(1);
    expect(isKnown({ a: 1 }, 'toString')).toBe(false);
  });

  it('an unknown region is shown by its own name', () => {
    expect(regionWords(word('left_ankle'))).toBe('left_ankle');
  });
});

describe('the trainer’s window with unknown words', () => {
  it('shows a session of an unknown status as not open', async () => {
    const window = await open(view(more(TRAINER), [paused()], { exercises: [stretch] }));
    expect(window.view()).toBe('trainer');
    expect(document.documentElement.lang).toBe('en');
    expect(window.has('role-masseur') || window.has('role-trainer')).toBe(false);
    await window.click('session-row');
    expect(window.find('session-ended').textContent).toContain('…');
    expect(window.find('round-card').textContent).toContain('…');
    expect(window.has('join-session') || window.has('cancel-session')).toBe(false);
  });

  it('plans an exercise with an unknown field by its other fields', async () => {
    const window = await open(view(TRAINER, [session('active')], { exercises: [stretch] }));
    await window.click('new-round');
    await window.type('exercise-search', 'Hüft');
    await window.click('exercise-option');
    expect(window.has('planned-reps')).toBe(true);
    expect(window.has('planned-tempo')).toBe(false);
  });

  it('accepts an unknown event', async () => {
    const window = await open(view(TRAINER, [session('active')], { exercises: [stretch] }));
    await window.deliver(session('active', [round(1, word('queued'), plan())]), word('session-paused'));
    expect(window.find('round-card').textContent).toContain('…');
    expect(window.has('edit-round') || window.has('release-round')).toBe(false);
  });

  it('reports an unknown problem as unknown', async () => {
    const window = await open(view(TRAINER, [session('waiting')]), {
      join_session: () => Promise.reject(failure(word('too-sunny'))),
    });
    await window.click('join-session');
    expect(window.find('failure').textContent).toContain('diese Version nicht kennt');
  });

  it('does not say who cancelled if the part is unknown', async () => {
    const cancelled_by = { id: 'u-9', role: word('masseur') };
    const window = await open(view(TRAINER, [session('cancelled', [], { cancelled_by })]));
    await window.click('session-row');
    expect(window.find('session-ended').textContent).toContain('abgebrochen');
  });

  it('shows a refused exercise with its unknown words', async () => {
    const { name, fields, category } = stretch;
    const draft = { name, category, fields, aliases: ['Hip opener'], muscles: ['Hüftbeuger'], cue: 'Atmen.' };
    const window = await open(
      view(TRAINER, [], {
        exercises: [stretch],
        refused: [
          refused('1', { exercise: draft }),
          refused('2', { what: 'create_exercise', exercise: draft, subject: { kind: 'exercise', id: '' } }),
          refused('3', { what: 'archive_exercise', code: word('too-sunny') as FailureCode }),
          refused('4', { what: 'restore_exercise', subject: { kind: 'exercise', id: 'gone' } }),
        ],
      }),
    );
    await window.settle();
    const text = window.find('refused').textContent;
    const hip = isolated('Hüftöffner');
    for (const part of [`${hip} ändern`, 'Neue Übung', `${hip} archivieren`, 'Eine Übung wiederherstellen'])
      expect(text).toContain(part);
    const [alias, muscle, cue] = ['Hip opener', 'Hüftbeuger', 'Atmen.'].map(isolated);
    expect(text).toContain(`Andere · Wiederholungen, tempo · ${alias} · ${muscle} · ${cue}`);
    expect(text).toContain('diese Version nicht kennt');
  });

  it('does not offer archived exercises, and still names them where they are planned', async () => {
    const archived = LIBRARY.map((one) => ({ ...one, archived: true }));
    const [bench] = archived as [Exercise];
    const draft = round(1, 'draft', [{ ...item('i-1', bench, { reps: 5 }), name: 'Alter Name' }]);
    const window = await open(view(TRAINER, [session('active', [draft])], { exercises: archived }));
    await window.click('edit-round');
    expect(window.find('plan-item').textContent).toContain('Bankdrücken');
    await window.type('exercise-search', 'Bank');
    expect(window.has('exercise-option')).toBe(false);
  });
});

describe('the athlete’s window with unknown words', () => {
  it('shows an exercise with an unknown field by its other fields', async () => {
    const window = await open(view(more(ATHLETE), [session('active', [round(1, 'active', plan())])]));
    expect(window.view()).toBe('round');
    expect(document.documentElement.lang).toBe('en');
    expect(window.has('actual-reps')).toBe(true);
    expect(window.has('actual-tempo')).toBe(false);
  });

  it('lists a session of an unknown status among the last ones', async () => {
    const window = await open(view(ATHLETE, [paused()]));
    expect(window.view()).toBe('start');
    expect(window.text()).toContain('…');
  });

  it('waits while the round has an unknown status, and accepts an unknown event', async () => {
    const window = await open(view(ATHLETE, [session('active')]));
    await window.deliver(session('active', [round(1, word('queued'), plan())]), word('round-queued'), 'r-1');
    expect(window.view()).toBe('between');
  });

  it('reports an unknown problem as unknown', async () => {
    const window = await open(view(ATHLETE), {
      start_session: () => Promise.reject(failure(word('too-sunny'))),
    });
    await window.click('start-session');
    expect(window.find('failure').textContent).toContain('diese Version nicht kennt');
  });

  it('shows no part to somebody whose roles are all unknown', async () => {
    const window = await open(view({ ...ATHLETE, roles: [word('masseur')] }));
    expect(window.view()).toBe('none');
  });
});
