/** What a trainer types into a plan: read, asked about or refused where it stands (b58, b62). */
import { describe, expect, it } from 'vitest';

import { LIMITS } from '../src/bridge/generated';
import { item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { open, settle, type Window } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];

const saved = () => round(1, 'draft', [item('i-1', bench, { weight_kg: 80, reps: 8 })]);
const plans = (window: Window) => window.asked('add_round').map(({ plan }) => plan.exercises);
const value = (window: Window, testid: string) => (window.find(testid) as HTMLInputElement).value;

/** A desk with a new round of one exercise, added by typing. */
async function planning(typed = 'bankdr'): Promise<Window> {
  const window = await open(view(TRAINER, [session('active')]), { add_round: saved });
  await window.click('new-round');
  await window.type('exercise-search', typed);
  await window.click('exercise-option');
  return window;
}

async function press(at: HTMLElement, key: string): Promise<void> {
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

async function shorthand(window: Window, text: string): Promise<void> {
  await window.type('shorthand', text);
  await press(window.find('shorthand'), 'Enter');
}

describe('the shorthand', () => {
  it('keeps grams', async () => {
    const window = await planning();
    await shorthand(window, '1.134x5');
    await window.click('save-draft');
    expect(plans(window)[0]?.[0]?.planned).toMatchObject({ weight_kg: 1.134, reps: 5 });
  });

  it('asks what 3x8 means, and the choice is reached by key', async () => {
    const window = await planning();
    await shorthand(window, '3x8');
    expect(window.find('value-problem').textContent).toContain('Was meinst du?');
    expect(window.find('value-problem').textContent).toContain('3 Runden: 8');
    expect(value(window, 'planned-reps')).toBe('');
    await window.click('save-draft');
    expect(plans(window)).toEqual([]);
    await press(window.find('shorthand'), 'Enter');
    expect(document.activeElement).toBe(window.find('meant'));
    await window.click('meant');
    expect([value(window, 'planned-weight_kg'), value(window, 'planned-reps')]).toEqual(['3', '8']);
    expect(value(window, 'shorthand')).toBe('3 kg × 8');
    await window.click('save-draft');
    expect(plans(window)).toHaveLength(1);
  });

  it('is asked about also behind a name in the search', async () => {
    const window = await planning('bankdr 3x8');
    expect(value(window, 'shorthand')).toBe('3x8');
    expect(window.has('meant')).toBe(true);
    expect(document.activeElement).toBe(window.find('shorthand'));
  });

  it.each([
    ['100x8@11', 'Anstrengung: Möglich: 0 bis 10.'],
    ['100x0', 'Wiederholungen: Möglich: 1 bis 10\u202F000.'],
  ])('reports for %s at once: %s', async (text, words) => {
    const window = await planning();
    await shorthand(window, text);
    expect(window.find('value-problem').textContent).toContain(words);
    expect(value(window, 'shorthand')).toBe(text);
  });

  it('is not applied half typed when the window is left, and nothing is saved without it', async () => {
    const window = await planning();
    const input = window.find('shorthand') as HTMLInputElement;
    input.focus();
    await window.type('shorthand', '80x1');
    // As a browser tells it: the input loses the focus of the system and stays the active element.
    input.dispatchEvent(new FocusEvent('blur'));
    await settle();
    expect(input.value).toBe('80x1');
    await window.type('shorthand', '80x12');
    await window.click('save-draft');
    expect(plans(window)[0]?.[0]?.planned).toMatchObject({ weight_kg: 80, reps: 12 });
  });
});

describe('a planned value', () => {
  it.each([
    ['weight_kg', '5000', 'Möglich: −200\u202Fkg bis 2\u202F000\u202Fkg.'],
    ['weight_kg', 'abc', 'nicht lesbar'],
    ['reps', '0', 'Möglich: 1 bis 10\u202F000.'],
    ['reps', '8,5', 'Nur ganze Zahlen.'],
  ])('%s of %s is reported beside its field once that is left', async (field, typed, words) => {
    const window = await planning();
    await window.type(`planned-${field}`, typed);
    expect(window.has('value-problem')).toBe(false);
    window.find(`planned-${field}`).dispatchEvent(new FocusEvent('blur'));
    await settle();
    expect(window.find('value-problem').textContent).toContain(words);
    expect(value(window, `planned-${field}`)).toBe(typed);
    await window.click('save-draft');
    expect(plans(window)).toEqual([]);
  });

  it('describes its input only while there is a problem', async () => {
    const window = await planning();
    const input = window.find('planned-weight_kg');
    const live = input.closest('li')?.querySelector('[role="status"]');
    expect([input.getAttribute('aria-describedby'), live?.textContent.trim()]).toEqual([null, '']);
    await window.type('planned-weight_kg', 'abc');
    input.dispatchEvent(new FocusEvent('blur'));
    await settle();
    const described = input.getAttribute('aria-describedby') ?? '';
    const problem = document.getElementById(described);
    expect(problem?.textContent).toContain('nicht lesbar');
    // The region that is read aloud was there before.
    expect(problem?.closest('[role="status"]')?.isConnected).toBe(true);
  });

  it('of a rest that is ambiguous is asked about too', async () => {
    const window = await planning();
    await window.type('rest-after', '1.500 min');
    await window.click('save-draft');
    expect(plans(window)).toHaveLength(1);
    expect(window.asked('add_round')[0]?.plan.rest_after_s).toBe(90);
    await window.click('new-round');
    await window.type('exercise-search', 'bankdr');
    await window.click('exercise-option');
    await window.type('rest-after', '2.000');
    await window.click('save-draft');
    expect(plans(window)).toHaveLength(1);
    const input = window.find('rest-after');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(input.getAttribute('aria-describedby')).toContain(
      window.find('value-problem').querySelector('p')?.id,
    );
    await window.click('meant');
    expect(value(window, 'rest-after')).toBe('0:02');
    await window.click('save-draft');
    expect(window.asked('add_round')[1]?.plan.rest_after_s).toBe(2);
  });

  it('that may be a decimal or thousands is asked about', async () => {
    const window = await planning();
    await window.type('planned-weight_kg', '1,200');
    await window.click('save-draft');
    expect(plans(window)).toEqual([]);
    await window.click('meant');
    await window.click('save-draft');
    expect(plans(window)[0]?.[0]?.planned.weight_kg).toBe(1.2);
  });
});

describe('a hint', () => {
  it('that is too long is neither cut nor sent, and its length is shown', async () => {
    const window = await planning();
    const long = 'ß'.repeat(1012);
    await window.type('hint', long);
    expect(value(window, 'hint')).toBe(long);
    expect(window.find('plan-item').textContent).toContain('1012 Zeichen; möglich sind 500.');
    await window.click('save-draft');
    expect(plans(window)).toEqual([]);
    await window.type('hint', 'ß'.repeat(LIMITS.note_chars));
    await window.click('save-draft');
    expect(plans(window)).toHaveLength(1);
  });

  it('b32 stands below what an exercise is there for and where its weight comes from', async () => {
    const planned = { weight_kg: 80, reps: 5, load: { last_plus_kg: 2.5 }, to_failure: true };
    const drop = round(1, 'released', [item('i-1', bench, planned, { kind: 'drop' })]);
    const card = (await open(view(TRAINER, [session('active', [drop])]))).find('round-card');
    expect(card.textContent).toContain('Drop-Satz');
    expect(card.textContent).toContain('letztes Mal + 2,5\u202Fkg');
    expect(card.textContent).toContain('So viele wie möglich');
  });

  it('keeps its line breaks on the card', async () => {
    const lines = 'Füße fest.\nBlick nach vorn.';
    const hinted = round(1, 'completed', [item('i-1', bench, { reps: 5 }, { trainer_notes: lines })]);
    const window = await open(view(TRAINER, [session('active', [hinted])]));
    const hint = window.find('round-card').querySelector('.hint');
    expect([hint?.textContent, hint?.classList.contains('lines')]).toEqual([lines, true]);
    expect(window.find('unticked-item').textContent).toBe('nicht abgehakt');
  });
});
