/** Finding exercises by typing, and adding one that is not there while planning. */
import { describe, expect, it } from 'vitest';

import type { Exercise, ExerciseDraft, Message } from '../src/bridge/bridge';
import { draftNamed } from '../src/trainer/exercise-form';
import { aliasFoundBy, findExercises } from '../src/trainer/library';
import { isolated } from '../src/words/names';
import { cause, exercise, LIBRARY, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

const named = (name: string, more: Partial<Exercise> = {}): Exercise => ({
  ...exercise(name, 'legs', 'weight', 'reps'),
  ...more,
});
const found = (library: readonly Exercise[], typed: string, most?: number) =>
  findExercises(library, typed, most).map(({ name }) => name);

describe('an exercise', () => {
  const farmers = named('Farmer’s Walk', { aliases: ['Koffertragen'], muscles: ['Unterarme'] });
  const library = [farmers, named('Überzüge'), named('Trap-Bar-Kreuzheben'), named('Straße')];

  it.each([
    ['uberzuge', 'Überzüge'],
    ['ÜBERZ', 'Überzüge'],
    ['u\u0308berz', 'Überzüge'],
    ['strasse', 'Straße'],
    ['trap bar', 'Trap-Bar-Kreuzheben'],
    ['trap-bar', 'Trap-Bar-Kreuzheben'],
    ['kreuz trap', 'Trap-Bar-Kreuzheben'],
    ['farmers', 'Farmer’s Walk'],
    ["farmer's w", 'Farmer’s Walk'],
    ['koffer', 'Farmer’s Walk'],
    ['unterarm', 'Farmer’s Walk'],
  ])('is found by %s', (typed, name) => {
    expect(found(library, typed)).toEqual([name]);
  });

  it.each(['zzz', 'walk zzz', '80x8', '…'.repeat(3) + 'x'])('is not found by %s', (typed) => {
    expect(found(library, typed)).toEqual([]);
  });

  it('comes first by its name, then by another name, then by a muscle', () => {
    const library = [
      named('Beinpresse', { muscles: ['Wade'] }),
      named('Calf Raise', { aliases: ['Wadenheben'] }),
      named('Einbeiniges Wadenheben'),
      named('Wadenheben'),
      named('Wade dehnen'),
    ];
    expect(found(library, 'wade')).toEqual([
      'Wadenheben',
      'Wade dehnen',
      'Einbeiniges Wadenheben',
      'Calf Raise',
      'Beinpresse',
    ]);
    expect(found(library, 'wadenheben')[0]).toBe('Wadenheben');
  });

  it('says by which other name it was found, unless its own name would do', () => {
    const squat = named('Kniebeugen', { aliases: ['Agachamento', 'Squat (Barbell)'] });
    expect(aliasFoundBy(squat, 'squat')).toBe('Squat (Barbell)');
    expect(aliasFoundBy(squat, 'knie')).toBeUndefined();
    expect(aliasFoundBy(squat, '')).toBeUndefined();
    expect(aliasFoundBy(named('Beinpresse', { muscles: ['Wade'] }), 'wade')).toBeUndefined();
  });
});

describe('a library of 400 exercises', () => {
  it('is prepared for the search once, not at every letter', () => {
    let reads = 0;
    const library = Array.from({ length: 400 }, (_, number) => {
      const exercise = named(`Übung ${String(number)}`, {
        aliases: Array.from({ length: 20 }, (_, alias) => `Name ${String(alias)} von ${String(number)}`),
      });
      return new Proxy(exercise, {
        get: (target, property, receiver): unknown => {
          if (property === 'aliases') reads += 1;
          return Reflect.get(target, property, receiver);
        },
      });
    });
    for (const typed of ['u', 'ub', 'ubu', 'name 19 von 399']) found(library, typed);
    expect(found(library, 'name 19 von 399')).toEqual(['Übung 399']);
    expect(reads).toBe(400);
  });
});

describe('the draft of a name', () => {
  it.each([
    ['', ['weight', 'reps', 'effort', 'notes']],
    ['80x8@7', ['weight', 'reps', 'effort', 'notes']],
    ['3x8', ['weight', 'reps', 'effort', 'notes']],
    ['12', ['reps', 'effort', 'notes']],
    ['@8', ['weight', 'reps', 'effort', 'notes']],
    ['400m 1:30', ['distance', 'time', 'effort', 'notes']],
  ])('has the inputs that %s needs', (shorthand, fields) => {
    expect(draftNamed(' Superman ', shorthand)).toEqual({
      name: 'Superman',
      category: 'own',
      fields,
      aliases: [],
      muscles: [],
      cue: null,
    });
  });
});

describe('a name that no exercise has', () => {
  const saved = (draft: ExerciseDraft): Exercise => ({
    id: 'e-new',
    video: null,
    archived: false,
    version: 1,
    ...draft,
  });
  const arrives = (entity: Exercise): Message => ({
    type: 'entity',
    document: { kind: 'exercise', entity },
    permits: null,
    cause: cause('exercise-saved'),
  });

  async function planner(answers: Answers = {}, exercises: Exercise[] = LIBRARY): Promise<Window> {
    const window = await open(view(TRAINER, [session('active')], { exercises }), {
      create_exercise: ({ draft }) => saved(draft),
      archive_exercise: () => null,
      ...answers,
    });
    await window.click('new-round');
    window.find('exercise-search').focus();
    return window;
  }

  async function press(window: Window, key: string): Promise<void> {
    const at = window.find('exercise-search');
    at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await settle();
  }

  it('is added to the library and planned by Enter, with the values behind it', async () => {
    const window = await planner();
    await window.type('exercise-search', 'Superman 12@6');
    expect(window.find('create-exercise').textContent).toContain(`„${isolated('Superman')}“ anlegen`);
    await press(window, 'Enter');
    expect(window.asked('create_exercise')).toMatchObject([
      { draft: { name: 'Superman', category: 'own', fields: ['reps', 'effort', 'notes'] } },
    ]);
    expect(window.find('plan-item').textContent).toContain('Superman');
    expect((window.find('planned-reps') as HTMLInputElement).value).toBe('12');
    expect((window.find('exercise-search') as HTMLInputElement).value).toBe('');
  });

  it('is offered last, below what is found', async () => {
    const window = await planner();
    await window.type('exercise-search', 'knie');
    const options = [...document.querySelectorAll<HTMLElement>('[role="option"]')];
    expect(options.at(-1)?.dataset['testid']).toBe('create-exercise');
    expect(options[0]?.getAttribute('aria-selected')).toBe('true');
    await press(window, 'ArrowUp');
    await press(window, 'Enter');
    expect(window.asked('create_exercise')).toEqual([]);
    await window.type('exercise-search', 'knie');
    for (const option of options) if (option !== options.at(-1)) await press(window, 'ArrowDown');
    await press(window, 'Enter');
    expect(window.asked('create_exercise')).toMatchObject([{ draft: { name: 'knie' } }]);
  });

  it.each(['', 'x', '80x8', 'BANKDRÜCKEN', 'y'.repeat(101)])('is not %s', async (typed) => {
    const window = await planner();
    await window.type('exercise-search', typed);
    expect(window.has('create-exercise')).toBe(false);
  });

  it('can be that of an archived exercise, which is restored', async () => {
    const archived = { ...named('Superman'), archived: true, version: 4 };
    const window = await planner({ restore_exercise: () => ({ ...archived, archived: false }) }, [
      ...LIBRARY,
      archived,
    ]);
    await window.type('exercise-search', 'superman');
    expect(window.find('create-exercise').textContent).toContain('aus dem Archiv holen');
    await window.click('create-exercise');
    expect(window.asked('restore_exercise')).toEqual([{ exercise: archived }]);
    expect(window.asked('create_exercise')).toEqual([]);
    expect(window.find('plan-item').textContent).toContain('Superman');
  });

  it('is taken back out of plan and library by undo', async () => {
    const window = await planner();
    await window.type('exercise-search', 'Superman');
    await press(window, 'Enter');
    window.bridge.emit(arrives({ ...saved(draftNamed('Superman', '')), version: 3 }));
    await settle();
    await window.click('undo');
    expect(window.has('plan-item')).toBe(false);
    expect(window.asked('archive_exercise')).toEqual([{ exercise_id: 'e-new', version: 3 }]);
  });

  it('stays typed when it can’t be added, and the reason is shown', async () => {
    const window = await planner({ create_exercise: () => Promise.reject(failure('library-full')) });
    await window.type('exercise-search', 'Superman');
    await press(window, 'Enter');
    expect(window.find('failure').dataset['code']).toBe('library-full');
    expect((window.find('exercise-search') as HTMLInputElement).value).toBe('Superman');
    expect(window.has('plan-item')).toBe(false);
    await window.type('exercise-search', 'Superma');
    expect(window.has('failure')).toBe(false);
  });
});
