/** A window on what an athlete weighs, for tests. */
import type { EventName, View, Weight, WeightDraft } from '../src/bridge/bridge';
import { ATHLETE, JONAS, view } from '../dev/fixtures';
import type { Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

export const value = (window: Window, testid: string) => (window.find(testid) as HTMLInputElement).value;
export const rows = () =>
  [...document.querySelectorAll('[data-testid="weight"] strong')].map(({ textContent }) => textContent);
export const drafts = (window: Window) => window.asked('create_weight').map(({ draft }) => draft);

export function saved(draft: WeightDraft, more: Partial<Weight> = {}): Weight {
  const at = draft.at ?? new Date().toISOString();
  return {
    id: 'w-new',
    athlete_id: JONAS.id,
    weight_kg: draft.weight_kg,
    at,
    note: draft.note,
    version: 1,
    ...more,
  };
}

export async function place(
  more: Partial<View> = {},
  answers: Answers = {},
  unit: 'kg' | 'lb' = 'kg',
): Promise<Window> {
  const window = await open(view({ ...ATHLETE, weight_unit: unit }, [], more), {
    list_weights: () => ({ weights: [], next: null }),
    create_weight: ({ draft }) => saved(draft),
    ...answers,
  });
  await window.click('open-weight');
  return window;
}

/** An answer that comes when the test says so. */
export function pending<T>(): { answer: Promise<T>; come: (value: T) => Promise<void> } {
  let resolve: (value: T) => void;
  const answer = new Promise<T>((done) => (resolve = done));
  const come = async (value: T) => {
    resolve(value);
    await settle();
  };
  return { answer, come };
}

/** What is in the row of a weight, where it is corrected. */
export function inRow<E extends HTMLElement>(testid: string): E {
  const found = document.querySelector<E>(`[data-testid="weight"] [data-testid="${testid}"]`);
  if (!found) throw new Error(`no ${testid} in a row`);
  return found;
}

export async function typeInRow(text: string): Promise<void> {
  const input = inRow<HTMLInputElement>('weight-value');
  input.value = text;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await settle();
}

export async function clickInRow(testid: string): Promise<void> {
  inRow(testid).click();
  await settle();
}

export async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await settle();
  }
}

export async function comes(window: Window, entity: Weight): Promise<void> {
  window.bridge.emit({ type: 'entity', document: { kind: 'weight', entity }, permits: null, cause: null });
  await settle();
}

export async function goes(window: Window, id: string, event: EventName): Promise<void> {
  const cause = { event, round_id: null, at: '2026-11-24T17:00:00Z' };
  window.bridge.emit({ type: 'gone', entity: { kind: 'weight', id }, cause });
  await settle();
}
