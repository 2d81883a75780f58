/** What an exercise is used for, and archiving it: it is never lost. */
import { describe, expect, it } from 'vitest';

import { FULL } from '../dev/library-scenes';
import { exercise } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { settle } from './window';
import { bench, library, rows, value, openRow, entityMessage } from './library-window';

describe('the use of an exercise', () => {
  it('is said when it is opened, as a number of rounds', async () => {
    const uses: Record<string, number> = { [bench.id]: 12, 'e-kniebeuge': 1, 'e-klimmzug': 0 };
    const window = await library({
      exercise_use: ({ exercise_id }) => ({ rounds: uses[exercise_id] ?? 0, templates: 0 }),
    });
    expect(window.asked('exercise_use')).toEqual([]);
    await openRow(bench.id);
    expect(window.find('exercise-use').textContent).toBe('In 12 Runden verwendet.');
    await openRow('e-kniebeuge');
    expect(window.find('exercise-use').textContent).toBe('In 1 Runde verwendet.');
    await openRow('e-klimmzug');
    expect(window.find('exercise-use').textContent).toContain('In keiner Runde');
    expect(window.asked('exercise_use').map(({ exercise_id }) => exercise_id)).toEqual(Object.keys(uses));
  });

  it('b32 counts the templates, too', async () => {
    const window = await library({
      exercise_use: ({ exercise_id }) => ({ rounds: exercise_id === bench.id ? 2 : 0, templates: 1 }),
    });
    await openRow(bench.id);
    expect(window.find('exercise-use').textContent).toBe('In 2 Runden verwendet. In 1 Vorlage verwendet.');
    await openRow('e-kniebeuge');
    expect(window.find('exercise-use').textContent).toBe('In 1 Vorlage verwendet.');
  });

  it('is that of the exercise on screen, whichever answer comes last', async () => {
    const answers: ((rounds: number) => void)[] = [];
    const window = await library({
      exercise_use: () =>
        new Promise((resolve) => answers.push((rounds) => resolve({ rounds, templates: 0 }))),
    });
    await openRow(bench.id);
    await openRow('e-kniebeuge');
    answers[1]?.(2);
    answers[0]?.(50);
    await settle();
    expect(window.find('exercise-use').textContent).toBe('In 2 Runden verwendet.');
  });

  it('is left out while the server can’t be asked, and for a new exercise', async () => {
    const window = await library({ exercise_use: () => Promise.reject(failure('unreachable')) });
    await openRow(bench.id);
    expect(window.has('exercise-use')).toBe(false);
    expect(window.has('failure')).toBe(false);
    await window.click('close-exercise');
    await window.click('new-exercise');
    expect(window.asked('exercise_use')).toHaveLength(1);
  });
});

describe('archiving', () => {
  it('offers to restore in the same place', async () => {
    const archived = { ...bench, archived: true, version: 2 };
    const window = await library({ archive_exercise: () => null, restore_exercise: () => bench });
    await openRow(bench.id);
    await window.click('archive-exercise');
    window.bridge.emit(entityMessage(archived));
    await settle();
    expect(window.asked('archive_exercise')).toEqual([{ exercise_id: bench.id, version: 1 }]);
    expect(rows()).not.toContain(bench.id);
    await window.click('restore-exercise');
    expect(window.asked('restore_exercise')).toEqual([{ exercise: archived }]);
    window.bridge.emit(entityMessage({ ...bench, version: 3 }));
    await settle();
    expect(rows()).toContain(bench.id);
    expect(value(window.find('exercise-name'))).toBe('Bankdrücken');
  });

  it('offers to restore also what left the list', async () => {
    const window = await library({ archive_exercise: () => null });
    await openRow(bench.id);
    await window.click('archive-exercise');
    window.bridge.emit({ type: 'gone', entity: { kind: 'exercise', id: bench.id }, cause: null });
    await settle();
    expect(window.find('restore-exercise').textContent).toContain('Wiederherstellen');
  });

  it('reports a failure', async () => {
    const window = await library({ archive_exercise: () => Promise.reject(failure('version-mismatch')) });
    await openRow(bench.id);
    await window.click('archive-exercise');
    expect(window.find('failure').dataset['code']).toBe('version-mismatch');
    expect(rows()).toContain(bench.id);
  });

  it('fetches all archived exercises when the list is opened, and restores from it', async () => {
    const old = { ...exercise('Butterfly', 'chest', 'reps'), archived: true };
    const window = await library({ archived_exercises: () => [old], restore_exercise: () => old });
    expect(window.asked('archived_exercises')).toEqual([]);
    await window.click('open-archived');
    expect(window.find('archived-exercise').textContent).toContain('Butterfly');
    await window.click('restore-exercise');
    window.bridge.emit(entityMessage({ ...old, archived: false, version: 2 }));
    await settle();
    expect(rows()).toContain(old.id);
    expect(window.has('archived-exercise')).toBe(false);
  });

  it('reports that the list can’t be fetched offline, and shows what is known', async () => {
    const recently = { ...bench, archived: true };
    const window = await library(
      { archived_exercises: () => Promise.reject(failure('unreachable')) },
      { exercises: [recently, ...FULL.slice(1)] },
    );
    await window.click('open-archived');
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    expect(window.find('archived-exercise').textContent).toContain('Bankdrücken');
  });
});
