/** The planner's lines as a person uses them: one exercise is open, the search offers something before it is asked. */
import { describe, expect, it } from 'vitest';

import type { DoneSet } from '../src/bridge/bridge';
import { item, LIBRARY, NOTHING, round, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-testid="plan-item"]')];
const lines = () => [...document.querySelectorAll<HTMLInputElement>('[data-testid="shorthand"]')];
const isOpen = (row: HTMLElement | undefined) =>
  row?.querySelector<HTMLElement>('.details')?.hidden === false;

async function press(target: HTMLElement, key: string): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

async function add(window: Window, text: string): Promise<void> {
  await window.type('exercise-search', text);
  await window.click('exercise-option');
}

/** A plan of a bench press and a squat. */
async function planning(rounds = [round(1, 'completed', [])]): Promise<Window> {
  const window = await open(view(TRAINER, [session('active', rounds)]));
  await window.click('new-round');
  await add(window, 'bank 80x8@7');
  await add(window, 'kniebeuge 100x5');
  return window;
}

it('the exercise with the keyboard is open, until the search has it', async () => {
  const window = await planning();
  expect(rows().map(isOpen)).toEqual([false, false]);
  lines()[1]?.focus();
  await settle();
  expect(rows().map(isOpen)).toEqual([false, true]);
  window.find('rest-after').focus();
  await settle();
  expect(rows().map(isOpen)).toEqual([false, true]);
  window.find('exercise-search').focus();
  await settle();
  expect(rows().map(isOpen)).toEqual([false, false]);
});

it('an exercise with something wrong in it stays open', async () => {
  const window = await planning();
  lines()[0]?.focus();
  await window.type('planned-reps', '8.5');
  window.find('exercise-search').focus();
  await settle();
  expect(isOpen(rows()[0])).toBe(true);
});

it('up and down go from line to line, and below the last one is the search', async () => {
  const window = await planning();
  const [first, second] = lines() as [HTMLInputElement, HTMLInputElement];
  first.focus();
  await press(first, 'ArrowDown');
  expect(document.activeElement).toBe(second);
  await press(second, 'ArrowUp');
  expect(document.activeElement).toBe(first);
  await press(first, 'ArrowUp');
  expect(document.activeElement).toBe(first);
  await press(second, 'ArrowDown');
  expect(document.activeElement).toBe(window.find('exercise-search'));
});

it('a line is the whole of its values', async () => {
  const window = await planning();
  await window.type('shorthand', '90x6');
  await press(window.find('shorthand'), 'Enter');
  expect((window.find('planned-effort') as HTMLInputElement).value).toBe('');
  expect((window.find('shorthand') as HTMLInputElement).value).toBe('90 × 6');
});

it('the search offers what the athlete did last and the categories before a letter is typed', async () => {
  const done = round(1, 'completed', [item('i', squat, { reps: 5 }, { actual: { ...NOTHING, reps: 5 } })]);
  const window = await open(view(TRAINER, [session('active', [done])]));
  await window.click('new-round');
  expect(window.find('exercise-option').textContent).toContain('Kniebeuge');
  await window.click('category-option');
  expect((window.find('exercise-search') as HTMLInputElement).value).toBe('Brust');
  expect(window.find('exercise-option').textContent).toContain(bench.name);
});

it('what is suggested covers no plan that nobody has asked about', async () => {
  const window = await planning();
  const search = window.find('exercise-search');
  search.focus();
  await settle();
  expect(search.getAttribute('aria-expanded')).toBe('false');
  await press(search, 'ArrowUp');
  expect(search.getAttribute('aria-expanded')).toBe('true');
  await press(search, 'Escape');
  expect(search.getAttribute('aria-expanded')).toBe('false');
});

it('a draft that is being edited is shown once, one that is out keeps its ticks beside the plan', async () => {
  const cards = () => document.querySelectorAll('[data-testid="round-card"]').length;
  const draft = round(1, 'draft', [item('i', bench, { reps: 5 })]);
  const window = await open(view(TRAINER, [session('active', [draft])]));
  await window.click('edit-round');
  expect(cards()).toBe(0);
  await window.deliver(session('active', [{ ...draft, status: 'released' }]), 'round-released', draft.id);
  expect(cards()).toBe(1);
  expect(window.has('plan-item')).toBe(true);
});

it('b62: rounds of the same are saved one after the other, the first released', async () => {
  const window = await open(view(TRAINER, [session('active')]), {
    add_round: () => round(1, 'draft', []),
  });
  await window.click('new-round');
  await add(window, 'bank 3x8@100');
  expect(window.find('plan-item').textContent).toContain('3 Runden');
  await window.click('save-and-release');
  expect(window.asked('add_round').map(({ release }) => release)).toEqual([true, false, false]);
  expect(window.has('plan-item')).toBe(false);
});

it('b62: the rounds that could not be saved are still planned', async () => {
  let left = 1;
  const window = await open(view(TRAINER, [session('active')]), {
    add_round: () =>
      left-- > 0 ? round(1, 'draft', []) : Promise.reject(failure('session-full') as unknown as Error),
  });
  await window.click('new-round');
  await add(window, 'bank 3x8@100');
  await window.click('save-draft');
  expect(window.find('plan-item').textContent).toContain('2 Runden');
  expect(window.find('failure').dataset['code']).toBe('session-full');
});

describe('a load', () => {
  const worked = (weight_kg: number | null): Answers => ({
    work_out: ({ rounds }) =>
      rounds.map((plan) => ({
        ...plan,
        exercises: plan.exercises.map((one) => ({ ...one, planned: { ...one.planned, weight_kg } })),
      })),
    add_round: () => round(1, 'draft', []),
  });

  it('is worked out for the athlete, shown with where it comes from, and sent with that', async () => {
    const window = await open(view(TRAINER, [session('active')]), worked(100));
    await window.click('new-round');
    await add(window, 'bank 80%x5');
    expect(window.find('worked-out').textContent).toMatch(/100\s*kg\s*·\s*80 % vom geschätzten Maximum/);
    await window.click('save-draft');
    expect(window.asked('add_round')[0]?.plan.exercises[0]?.planned).toMatchObject({
      weight_kg: 100,
      load: { percent_of_e1rm: 80 },
    });
  });

  it('without an estimate leaves the weight open, and says so', async () => {
    const window = await open(view(TRAINER, [session('active')]), worked(null));
    await window.click('new-round');
    await add(window, 'bank 80%x5');
    expect(window.find('worked-out').textContent).toContain('Noch kein geschätztes Maximum');
  });

  it.each(['bank +2,5 x5', 'bank = x5'])(
    'of %s, last done long ago, is open without a word that it is new',
    async (line) => {
      const at = '2025-02-03T10:00:00Z';
      const actual = { ...NOTHING, weight_kg: 80, reps: 5 };
      const set = { at, kind: 'working', actual, feedback: null } as unknown as DoneSet;
      const window = await open(view(TRAINER, [session('active')]), {
        ...worked(null),
        list_sets: () => [set],
      });
      await window.click('new-round');
      await add(window, line);
      expect(window.find('last-values').textContent).toContain('2025');
      expect(window.find('worked-out').textContent).toContain(
        'Aus den letzten 90 Tagen ist hier kein Gewicht bekannt',
      );
      expect(window.find('worked-out').textContent).not.toContain('Noch nie');
    },
  );
});

it('an exercise moves to the draft before this one, and what is not saved is said there', async () => {
  const drafts = [1, 2].map((number) =>
    round(number, 'draft', [item(`i-${String(number)}`, bench, { reps: 5 })]),
  );
  const window = await open(view(TRAINER, [session('active', drafts)]));
  const edit = [...document.querySelectorAll<HTMLElement>('[data-testid="edit-round"]')][1];
  edit?.click();
  await settle();
  window
    .find('shorthand')
    .dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, shiftKey: true, bubbles: true }),
    );
  await settle();
  expect(window.text()).toContain('Runde 1 bearbeiten');
  expect(rows()).toHaveLength(2);
  expect(document.activeElement).toBe(lines()[1]);
  expect(window.has('unsaved-round')).toBe(true);
});
