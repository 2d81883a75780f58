/** A file of another tracker: chosen, looked at, assigned, imported, taken back (b70). */
import { describe, expect, it } from 'vitest';

import type { Import, MappedExercise } from '../src/bridge/bridge';
import { FILE_PIECE_BYTES, LIMITS } from '../src/bridge/generated';
import { isSameTime } from '../src/words/local-time';
import { skippedGroups } from '../src/words/imports';
import { suggestedFor } from '../src/trainer/import-names';
import { JONAS, LIBRARY } from '../dev/fixtures';
import { COMMITTED, imported, listed } from '../dev/import-scenes';
import { choice, count, dropped, file, opened, previewed, refuse, step, until } from './import-window';
import { press } from './past-window';
import { settle } from './window';

describe('a file', () => {
  it('b70_is_handed_over_in_pieces_and_read_and_what_is_in_it_adds_up', async () => {
    const pieces: number[] = [];
    const window = await opened(
      {},
      {
        putFile: (_, at, piece) => {
          pieces.push(piece.length);
          return at + piece.length;
        },
      },
    );
    await dropped(window, file(FILE_PIECE_BYTES + 5));
    expect(pieces).toEqual([FILE_PIECE_BYTES, 5]);
    expect(window.asked('stage_import')).toEqual([{ size_bytes: FILE_PIECE_BYTES + 5 }]);
    const asked = { athlete_id: JONAS.id, file: 'f-1', unit: null, timezone: null };
    expect(window.asked('read_import')).toEqual([asked]);
    const sum = (...parts: string[]) => parts.reduce((total, part) => total + count(window, part), 0);
    expect(count(window, 'import-sessions')).toBe(101);
    expect(sum('import-new', 'import-here', 'import-changed-count')).toBe(101);
    expect(count(window, 'import-rows')).toBe(3205);
    expect(sum('import-sets', 'import-weights', 'import-skipped-count')).toBe(3205);
    expect(window.find('commit-import').textContent).toContain('98 Trainings');
  });

  it.each([
    ['several', [file(), file()]],
    ['empty', [file(0)]],
    ['large', [file(10, 'a.csv', LIMITS.import_bytes + 1)]],
  ])('that can not be read is %s, said before anything is sent', async (problem, files) => {
    const window = await opened();
    await dropped(window, ...files);
    expect(window.find('import-problem').dataset['problem']).toBe(problem);
    expect(window.find('import-problem').textContent.trim()).not.toBe('');
    expect(window.asked('stage_import')).toEqual([]);
  });

  it('that the server refuses is said with what it says of it, and does not stay here', async () => {
    const window = await opened({ read_import: refuse('unreadable-file', 'line 7 is no text') });
    await dropped(window, file());
    expect(window.find('failure').dataset['code']).toBe('unreadable-file');
    expect(window.find('import-detail').textContent).toBe('line 7 is no text');
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    expect(step(window)).toBe('choose');
  });

  it('is not sent without a network, and can be chosen again', async () => {
    let isDown = true;
    const window = await opened({
      read_import: () => (isDown ? refuse('unreachable')() : imported()),
    });
    await dropped(window, file());
    expect(window.find('failure').dataset['code']).toBe('unreachable');
    isDown = false;
    await dropped(window, file());
    expect(step(window)).toBe('shown');
    expect(window.has('failure')).toBe(false);
  });

  it('b70_says_which_unit_was_taken_and_why_and_is_read_again_in_another', async () => {
    const window = await previewed({
      read_import: ({ unit }) =>
        imported(unit ? { unit: { unit, source: 'request', like_kg: 812, like_lb: 3 } } : {}),
    });
    expect(window.find('import-unit').textContent).toContain('812');
    const pounds = window.find('import-unit-lb') as HTMLInputElement;
    pounds.checked = true;
    pounds.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
    const again = window.asked('read_import')[1];
    expect(again).toEqual({ athlete_id: JONAS.id, file: 'f-1', unit: 'lb', timezone: 'Europe/Berlin' });
    expect(window.find('import-unit').dataset['unit']).toBe('lb');
  });

  it('that says its unit is read in no other', async () => {
    const window = await previewed({
      read_import: () => imported({ unit: { unit: 'lb', source: 'file', like_kg: 0, like_lb: 0 } }),
    });
    expect(window.has('import-unit-kg')).toBe(false);
    expect(window.find('import-unit').textContent).toContain('Pfund');
  });

  it('of which everything is here already has nothing to import', async () => {
    const window = await previewed({ read_import: () => imported({ already_here: 101, changed: [] }) });
    expect(window.has('import-nothing-new')).toBe(true);
    expect(window.has('commit-import')).toBe(false);
  });

  it('of which every body weight is here already has nothing to import', async () => {
    const weights = { sessions: 0, already_here: 0, changed: [], exercises: [], weights: 300 };
    const window = await previewed({ read_import: () => imported({ ...weights, weights_here: 300 }) });
    expect(window.has('import-nothing-new')).toBe(true);
    expect(window.has('commit-import')).toBe(false);
  });

  it('of which some body weights are here already imports the others', async () => {
    const weights = { sessions: 0, already_here: 0, changed: [], exercises: [] };
    const file = { ...weights, weights: 300, weights_here: 290 };
    const window = await previewed({
      read_import: () => imported(file),
      commit_import: () => imported({ ...file, ...COMMITTED }),
    });
    expect(window.find('commit-import').textContent).toContain('10 Körpergewichte');
    await window.click('commit-import');
    expect(window.find('import-done').textContent).toContain('10 Körpergewichte sind importiert.');
  });

  it('b70_that_is_an_export_of_Ringside_has_its_unit_and_time_zone_and_entries', async () => {
    const unit = { unit: 'kg', source: 'file', like_kg: 0, like_lb: 0 } as const;
    const window = await previewed({
      read_import: () => imported({ format: 'ringside', unit, unused_columns: ['templates'] }),
    });
    expect(window.has('import-unit')).toBe(false);
    expect(window.has('import-zone')).toBe(false);
    expect(window.find('skipped-reason').textContent).toContain('Einträge');
    expect(window.find('import-unused').textContent).toContain('Vorlagen');
  });
});

describe('a time zone', () => {
  const now = Date.parse('2026-12-01T12:00:00Z');

  it.each([
    ['Etc/UTC', 'UTC', true],
    ['Europe/Berlin', 'Europe/Vienna', true],
    ['Europe/Berlin', 'Europe/Lisbon', false],
    // In winter they are the same.
    ['Africa/Algiers', 'Europe/Berlin', false],
    ['Mars/Olympus', 'UTC', false],
    ['Mars/Olympus', 'Mars/Olympus', true],
  ])('%s has the same clocks as %s: %s', (one, other, isSame) => {
    expect(isSameTime(one, other, now)).toBe(isSame);
  });
});

describe('what is left out', () => {
  it('is grouped by reason, with lines in a row as one range', () => {
    const skipped = [3, 4, 5, 5, 9].map((line) => ({ line, reason: 'rest_timer' }) as const);
    expect(skippedGroups([...skipped, { line: 2, reason: 'bad_date' }])).toEqual([
      { reason: 'rest_timer', count: 5, ranges: ['3–5', '9'] },
      { reason: 'bad_date', count: 1, ranges: ['2'] },
    ]);
  });

  it('is shown in parts where there are very many lines', async () => {
    const window = await previewed();
    const lines = () => window.find('skipped-reason').textContent.split(', ').length;
    expect(lines()).toBe(200);
    await window.click('more-lines');
    expect(lines()).toBe(400);
  });
});

describe('the names of a file', () => {
  it('b70_are_assigned_by_keyboard_alone_and_sent_with_the_recognised_ones', async () => {
    const window = await previewed();
    const input = choice('Zercher carry');
    input.value = 'klimm';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await settle();
    expect(document.querySelectorAll('[data-testid="import-option"]')).toHaveLength(2);
    await press('Enter');
    expect(input.value).toBe('Klimmzug');
    await window.click('commit-import');
    const mapping: MappedExercise[] = [
      { name: 'Bench Press (Barbell)', exercise_id: 'e-bankdrücken' },
      { name: 'Squat (Barbell)', exercise_id: 'e-kniebeuge' },
      { name: 'Bulgarian Split Squat mit Kurzhanteln', exercise_id: null },
      { name: 'Zercher carry', exercise_id: 'e-klimmzug' },
    ];
    expect(window.asked('commit_import')).toEqual([{ import_id: 'im-1', mapping }]);
  });

  it.each([{ isComposing: true }, { keyCode: 229 }])(
    'are not taken while a word is composed: %o',
    async (ime) => {
      const window = await previewed();
      const input = choice('Zercher carry');
      input.value = 'klimm';
      input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await settle();
      for (const key of ['Enter', 'Escape']) {
        const event = new KeyboardEvent('keydown', { key, ...ime, bubbles: true, cancelable: true });
        expect(input.dispatchEvent(event)).toBe(true);
      }
      await settle();
      expect(step(window)).toBe('shown');
      expect(input.dataset['exercise']).toBeUndefined();
      expect(input.getAttribute('aria-expanded')).toBe('true');
      await press('Enter');
      expect(input.dataset['exercise']).toBe('e-klimmzug');
    },
  );

  it('are left as they were by escape, and are new again by the last option', async () => {
    const window = await previewed();
    await window.click('import-recognised');
    const input = choice('Squat (Barbell)');
    expect(input.value).toBe('Kniebeuge');
    input.value = 'klimm';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await settle();
    await press('Escape');
    expect(input.value).toBe('Kniebeuge');
    expect(step(window)).toBe('shown');
    await press('ArrowDown');
    for (let i = 0; i < 8; i++) await press('ArrowDown');
    await press('Enter');
    expect(input.value).toBe('Neu, archiviert');
  });

  it('are found by what they have in common with the library', () => {
    const names = (name: string) => suggestedFor(name, LIBRARY, 8).map((one) => one.name);
    expect(names('Kniebeuge (Langhantel)')[0]).toBe('Kniebeuge');
    expect(names('Bulgarian Split Squat mit Kurzhanteln')).toEqual(['Bulgarische Kniebeuge mit Kurzhanteln']);
    expect(names('(!)')).toEqual([]);
  });

  it('b07_stay_assigned_when_the_page_is_left_and_after_a_reload', async () => {
    const window = await previewed();
    choice('Zercher carry');
    await press('ArrowDown');
    const input = choice('Zercher carry');
    input.value = 'ruder';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await settle();
    await press('Enter');
    await press('Escape');
    expect(window.has('import-file')).toBe(false);
    expect(window.find('unsaved-import').textContent).not.toBe('');
    await window.click('import');
    await until(() => {
      expect(step(window)).toBe('shown');
    });
    expect(window.asked('show_import')).toEqual([{ import_id: 'im-1' }]);
    await until(() => {
      expect(choice('Zercher carry').value).toBe('Rudergerät');
    });
  });

  it('b34_are_discarded_at_once_and_brought_back_by_one_key', async () => {
    const window = await previewed();
    await window.click('discard-import');
    expect(window.has('unsaved-import')).toBe(false);
    await window.click('undo');
    expect(window.has('unsaved-import')).toBe(true);
  });

  it('of a file that the server has forgotten are gone, and that is said', async () => {
    const window = await previewed({ show_import: refuse('not-found') });
    await window.click('close-import');
    await window.click('import');
    await until(() => {
      expect(window.find('import-problem').dataset['problem']).toBe('forgotten');
    });
    await window.click('close-import');
    expect(window.has('unsaved-import')).toBe(false);
  });
});

describe('an import', () => {
  it('b70_says_how_far_it_is_and_then_what_was_imported', async () => {
    let answer: (done: Import) => void = () => undefined;
    let stored = 41;
    const window = await previewed({
      commit_import: () => new Promise((resolve) => (answer = resolve)),
      list_imports: () => [listed({ id: 'im-1', state: 'committing', sessions: stored })],
    });
    await window.click('commit-import');
    expect(step(window)).toBe('committing');
    await until(() => {
      expect(window.find('progress-words').textContent).toContain('41 von 98');
    });
    stored = 98;
    await until(() => {
      expect(window.find('progress-words').textContent).toContain('98 von 98');
    });
    const lists = window.asked('list_sessions').length;
    answer(imported(COMMITTED));
    await until(() => {
      expect(step(window)).toBe('done');
    });
    expect(window.find('import-done').textContent).toContain('98 Trainings sind importiert');
    expect(window.asked('list_sessions').length).toBeGreaterThan(lists);
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
    await window.click('finish-import');
    expect(window.has('unsaved-import')).toBe(false);
  });

  it('b70_that_the_server_goes_on_with_alone_is_waited_for', async () => {
    let state: Import['state'] = 'committing';
    const window = await previewed({
      commit_import: () => imported({ state }),
      show_import: () => imported(state === 'committed' ? COMMITTED : { state }),
      list_imports: () => [listed({ id: 'im-1', state, sessions: 12 })],
    });
    await window.click('commit-import');
    await until(() => {
      expect(window.find('progress-words').textContent).toContain('12 von');
    });
    state = 'committed';
    await until(() => {
      expect(step(window)).toBe('done');
    });
  });

  it('whose answer is lost can be sent again', async () => {
    let isDown = true;
    const window = await previewed({
      commit_import: () => (isDown ? refuse('no-answer')() : imported(COMMITTED)),
    });
    await window.click('commit-import');
    expect(window.find('failure').dataset['code']).toBe('no-answer');
    expect(step(window)).toBe('shown');
    isDown = false;
    await window.click('commit-import');
    expect(step(window)).toBe('done');
  });

  it('b70_is_taken_back_right_away', async () => {
    const window = await previewed();
    await window.click('commit-import');
    await window.click('take-back');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('confirm-take-back');
    await window.click('confirm-take-back');
    expect(window.asked('take_back_import')).toEqual([{ athlete_id: JONAS.id, import_id: 'im-1' }]);
    expect(window.has('import-file')).toBe(false);
    expect(window.text()).toContain('Der Import ist zurückgenommen.');
  });

  it('b70_is_taken_back_later_from_the_list_once_that_was_confirmed', async () => {
    const window = await opened();
    await until(() => {
      expect(window.find('past-import').textContent).toContain('Hevy');
    });
    expect(window.find('past-import').textContent).toContain('34 Trainings');
    await window.click('take-back-import');
    expect(window.asked('take_back_import')).toEqual([]);
    await window.click('confirm-take-back');
    expect(window.asked('take_back_import')).toEqual([{ athlete_id: JONAS.id, import_id: 'im-0' }]);
    expect(window.has('past-import')).toBe(false);
  });

  it('that can not be taken back any more is said so and stays', async () => {
    const window = await opened({ take_back_import: refuse('import-final') });
    await until(() => {
      window.find('take-back-import');
    });
    await window.click('take-back-import');
    await window.click('confirm-take-back');
    expect(window.find('failure').dataset['code']).toBe('import-final');
    await window.click('keep-import');
    expect(window.has('past-import')).toBe(true);
  });
});
