/** The library in the trainer’s window: reached, searched, edited; nothing typed is lost. */
import { describe, expect, it, vi } from 'vitest';

import type { Account, Exercise } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { FULL } from '../dev/library-scenes';
import { ATHLETE, exercise, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { open, settle, type Window } from './window';
import { bench, desk, library, rows, row, value, openRow, entityMessage, saved } from './library-window';

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await settle();
}

const headings = () =>
  [...document.querySelectorAll('[data-view="library"] .groups h2')].map((h) => h.textContent);

const focused = () => (document.activeElement as HTMLElement | null)?.dataset['testid'];

async function toggle(window: Window, testid: string): Promise<void> {
  (window.find(testid) as HTMLInputElement).click();
  await settle();
}

describe('the library', () => {
  it('opens by a click and closes by Escape', async () => {
    const window = await library();
    expect(window.view()).toBe('library');
    expect(window.find('to-training').textContent).toContain('Jonas Brandt');
    await press('Escape');
    expect(window.view()).toBe('trainer');
    expect(focused()).toBe('open-today');
  });

  it('opens by a key, unless somebody is typing', async () => {
    const window = await open(desk());
    await window.click('new-round');
    window.find('exercise-search').focus();
    for (const key of ['g', 'l']) await press(key);
    expect(window.view()).toBe('trainer');
    (document.activeElement as HTMLElement).blur();
    for (const key of ['g', 'l']) await press(key);
    expect(window.view()).toBe('library');
    await press('?');
    expect(window.find('shortcuts').textContent).toContain('Bibliothek');
  });

  it('does not touch the plan behind it', async () => {
    const window = await open(desk());
    await window.click('new-round');
    await window.type('rest-after', '90');
    await window.click('open-library');
    for (const key of ['x', 'r', '1']) await press(key);
    expect(window.has('cancel-reason')).toBe(false);
    await press('Escape');
    expect(value(window.find('rest-after'))).toBe('90');
  });

  it('is not for athletes', async () => {
    const window = await open(view(ATHLETE));
    expect(window.has('open-library')).toBe(false);
    for (const key of ['g', 'l']) await press(key);
    expect(window.has('library-search')).toBe(false);
  });

  it('is for a trainer with other roles too, and closes when they go to train', async () => {
    const both: Account = { ...TRAINER, roles: ['athlete', 'trainer', 'admin'] };
    const window = await open(view(both, [], { exercises: FULL }));
    await window.click('open-library');
    expect(window.view()).toBe('library');
    await window.click('role-athlete');
    expect(window.view()).toBe('start');
  });

  it('closes when a session is to be revealed', async () => {
    const window = await library();
    window.bridge.emit({ type: 'reveal', session_id: 'x-now' });
    await settle();
    expect(window.view()).toBe('trainer');
    await window.click('open-settings');
    window.bridge.emit({ type: 'reveal', session_id: 'x-now' });
    await settle();
    expect(window.view()).toBe('trainer');
  });
});

describe('the list', () => {
  it('is grouped by category, with unknown categories last', async () => {
    await library();
    expect(headings()).toEqual(['Brust', 'Rücken', 'Beine', 'Rumpf', 'Ausdauer', 'Andere']);
    const text = row(bench.id)?.textContent ?? '';
    for (const part of ['Bankdrücken', 'Brust', 'Gewicht, Wiederholungen', 'Flachbank', 'Trizeps', 'Langsam'])
      expect(text).toContain(part);
    const newer = row('e-hüftöffner');
    expect(newer?.textContent).toContain('Zeit, tempo');
    expect(newer?.closest('section')?.querySelector('h2')?.textContent).toBe('Andere');
  });

  it('is searched by name and other names, without regard to case and accents', async () => {
    const window = await library();
    await window.type('library-search', 'uber');
    expect(rows()).toEqual(['e-überzug']);
    await window.type('library-search', 'BENCH');
    expect(rows()).toEqual([bench.id]);
    await window.type('library-search', 'zzz');
    expect(window.text()).toContain('Nichts gefunden');
  });

  it('is walked through by arrow keys, and N begins a new exercise', async () => {
    const window = await library();
    expect((document.activeElement as HTMLElement).dataset['id']).toBe(rows()[0]);
    await press('ArrowDown');
    expect((document.activeElement as HTMLElement).dataset['id']).toBe(rows()[1]);
    await press('ArrowUp');
    await press('ArrowUp');
    expect(focused()).toBe('library-search');
    await press('n');
    expect(window.has('exercise-name')).toBe(false);
    await press('ArrowDown');
    expect((document.activeElement as HTMLElement).dataset['id']).toBe(rows()[0]);
    await press('n');
    expect(focused()).toBe('exercise-name');
  });

  it('says what will be there while it is empty', async () => {
    const window = await library({}, { exercises: [] });
    expect(window.text()).toContain('Noch keine Übung.');
    await window.click('new-exercise');
    expect(window.has('exercise-name')).toBe(true);
  });

  it('shows new exercises and hides archived ones', async () => {
    const window = await library();
    window.bridge.emit(entityMessage(exercise('Ausfallschritt', 'legs', 'reps')));
    window.bridge.emit(entityMessage({ ...bench, archived: true, version: 2 }));
    await settle();
    expect(rows()).toContain('e-ausfallschritt');
    expect(rows()).not.toContain(bench.id);
  });
});

describe('the editor', () => {
  it('leaves the keyboard in the list at what was saved', async () => {
    const added = exercise('Zuletzt', 'own', 'reps');
    const window: Window = await library({
      create_exercise: () => {
        window.bridge.emit(entityMessage(added));
        return added;
      },
    });
    await window.click('new-exercise');
    await window.type('exercise-name', added.name);
    await toggle(window, 'exercise-field-reps');
    await window.click('save-exercise');
    await vi.waitFor(() => {
      expect((document.activeElement as HTMLElement).dataset['id']).toBe(added.id);
    });
  });

  it('creates an exercise from what was typed', async () => {
    const window = await library({ create_exercise: ({ draft }) => saved(draft) });
    await window.click('new-exercise');
    await window.type('exercise-name', ' Farmers Walk ');
    await toggle(window, 'exercise-field-reps');
    await toggle(window, 'exercise-field-distance');
    await window.type('exercise-aliases', 'Koffertragen, ,Farmer’s carry');
    await window.type('exercise-muscles', 'Griff');
    await window.type('exercise-cue', 'Aufrecht.');
    await window.click('save-exercise');
    expect(window.asked('create_exercise')).toEqual([
      {
        draft: {
          name: 'Farmers Walk',
          category: 'own',
          fields: ['weight', 'distance'],
          aliases: ['Koffertragen', 'Farmer’s carry'],
          muscles: ['Griff'],
          cue: 'Aufrecht.',
        },
      },
    ]);
    expect(window.has('exercise-name')).toBe(false);
    expect(window.find('announcement').textContent).toContain('Farmers Walk');
    await window.click('new-exercise');
    expect(value(window.find('exercise-name'))).toBe('');
  });

  it('keeps unknown categories and fields in what it sends back', async () => {
    const window = await library({ edit_exercise: ({ draft }) => saved(draft) });
    await openRow('e-hüftöffner');
    expect(value(window.find('exercise-category'))).toBe('mobility');
    await window.type('exercise-cue', 'Atmen.');
    await window.click('save-exercise');
    expect(window.asked('edit_exercise')).toMatchObject([
      { exercise_id: 'e-hüftöffner', version: 1, draft: { category: 'mobility', fields: ['time', 'tempo'] } },
    ]);
  });

  it('keeps an untouched list as it is, also with a comma in a name', async () => {
    const odd = { ...bench, aliases: ['Bench, flat'] };
    const window = await library({ edit_exercise: ({ draft }) => saved(draft) }, { exercises: [odd] });
    await openRow(bench.id);
    await window.type('exercise-cue', '');
    await window.click('save-exercise');
    expect(window.asked('edit_exercise')).toMatchObject([{ draft: { aliases: ['Bench, flat'], cue: null } }]);
  });

  it('shows problems beside their inputs, and keeps what was typed', async () => {
    const window = await library({
      create_exercise: () =>
        Promise.reject(
          failure('invalid', {
            fields: [
              { pointer: '/name', code: 'required' },
              { pointer: '/fields', code: 'required' },
              { pointer: '/aliases/1', code: 'too-long' },
              { pointer: '/cue', code: 'too-long' },
            ],
          }),
        ),
    });
    await window.click('new-exercise');
    await window.type('exercise-aliases', 'kurz, laaang');
    await window.click('save-exercise');
    for (const input of ['name', 'field-weight', 'aliases', 'cue'])
      expect(window.find(`exercise-${input}`).getAttribute('aria-invalid')).toBe('true');
    expect(window.text()).toContain(`„${isolated('laaang')}“: Das ist zu lang.`);
    expect(value(window.find('exercise-aliases'))).toBe('kurz, laaang');
    expect(window.find('failure').dataset['code']).toBe('invalid');
    expect(focused()).toBe('exercise-name');
  });

  it('shows beside the name that it is taken', async () => {
    const window = await library({ edit_exercise: () => Promise.reject(failure('name-taken')) });
    await openRow(bench.id);
    await window.type('exercise-name', 'Kniebeuge');
    await window.click('save-exercise');
    expect(window.find('failure').dataset['code']).toBe('name-taken');
    expect(window.find('exercise-name').getAttribute('aria-invalid')).toBe('true');
    await openRow('e-kniebeuge');
    expect(window.has('failure')).toBe(false);
    await openRow(bench.id);
    expect(value(window.find('exercise-name'))).toBe('Kniebeuge');
  });

  it('saves over the new version after a conflict', async () => {
    let version = 2;
    const window = await library({
      edit_exercise: (args) =>
        args.version === version ? saved(args.draft) : Promise.reject(failure('version-mismatch')),
    });
    await openRow(bench.id);
    await window.type('exercise-cue', 'Meins.');
    await window.click('save-exercise');
    expect(window.find('failure').textContent).toContain('anderswo geändert');
    window.bridge.emit(entityMessage({ ...bench, cue: 'Ihres.', version }));
    await settle();
    expect(value(window.find('exercise-cue'))).toBe('Meins.');
    await window.click('save-exercise');
    expect(window.asked('edit_exercise').map((args) => args.version)).toEqual([1, 2]);
    expect(window.has('exercise-name')).toBe(false);
    version += 1;
  });

  it('says that somebody else changed the exercise', async () => {
    const window = await library();
    await openRow(bench.id);
    await window.type('exercise-cue', 'Meins.');
    window.bridge.emit(entityMessage({ ...bench, version: 2 }));
    await settle();
    expect(window.has('exercise-changed')).toBe(false);
    window.bridge.emit(entityMessage({ ...bench, cue: 'Ihres.', version: 3 }));
    await settle();
    expect(window.find('exercise-changed').textContent).toContain('Was du getippt hast, ist noch da');
    expect(value(window.find('exercise-cue'))).toBe('Meins.');
  });

  it('shows another person’s change at once where nothing is typed', async () => {
    const window = await library();
    await openRow(bench.id);
    window.bridge.emit(entityMessage({ ...bench, cue: 'Ihres.', version: 2 }));
    await settle();
    expect(value(window.find('exercise-cue'))).toBe('Ihres.');
    expect(window.has('exercise-changed')).toBe(false);
  });

  it('keeps what is typed when the view is closed, the settings are opened or the window is new', async () => {
    const window = await library();
    await openRow(bench.id);
    await window.type('exercise-name', 'Bankdrü');
    await press('Escape');
    await window.click('open-library');
    expect(value(window.find('exercise-name'))).toBe('Bankdrü');
    await window.click('open-settings');
    await window.click('close-settings');
    expect(value(window.find('exercise-name'))).toBe('Bankdrü');
    await window.click('close-exercise');
    expect(row(bench.id)?.textContent).toContain('nicht gespeichert');
    await window.click('open-today');
    const again = await library();
    await openRow(bench.id);
    expect(value(again.find('exercise-name'))).toBe('Bankdrü');
    await again.click('discard-exercise');
    await openRow(bench.id);
    expect(value(again.find('exercise-name'))).toBe('Bankdrücken');
  });

  it('keeps what is typed for a deleted exercise, to be saved as a new one', async () => {
    const window = await library({ create_exercise: ({ draft }) => saved(draft) });
    await openRow(bench.id);
    await window.type('exercise-name', 'Bankdrücken eng');
    window.bridge.emit({ type: 'gone', entity: { kind: 'exercise', id: bench.id }, cause: null });
    await settle();
    expect(window.text()).toContain('gibt es nicht mehr');
    await window.click('save-exercise');
    expect(window.asked('create_exercise')).toMatchObject([{ draft: { name: 'Bankdrücken eng' } }]);
  });

  it('keeps what is typed while it is being saved', async () => {
    let answer: (exercise: Exercise) => void = () => undefined;
    const window = await library({ create_exercise: () => new Promise((resolve) => (answer = resolve)) });
    await window.click('new-exercise');
    await window.type('exercise-name', 'Neu');
    await window.click('save-exercise');
    await window.type('exercise-cue', 'Noch was.');
    const made = exercise('Neu', 'own', 'weight', 'reps');
    window.bridge.emit(entityMessage(made));
    answer(made);
    await settle();
    expect(value(window.find('exercise-cue'))).toBe('Noch was.');
    expect(window.has('archive-exercise')).toBe(true);
  });
});
