/** The library in a window on a scripted core, for tests. */
import type { Exercise, ExerciseDraft, Message, View } from '../src/bridge/bridge';
import { FULL } from '../dev/library-scenes';
import { cause, session, TRAINER, view } from '../dev/fixtures';
import { type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

export const [bench] = FULL as [Exercise];

export const desk = (more: Partial<View> = {}) =>
  view(TRAINER, [session('active')], { exercises: FULL, ...more });

export async function library(answers: Answers = {}, more: Partial<View> = {}): Promise<Window> {
  const window = await open(desk(more), answers);
  await window.click('open-library');
  return window;
}

export const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-testid="exercise-row"]')].map((row) => row.dataset['id']);

export const row = (id: string) =>
  document.querySelector<HTMLElement>(`[data-testid="exercise-row"][data-id="${id}"]`);

export const value = (element: HTMLElement) => (element as HTMLInputElement).value;

export async function openRow(id: string): Promise<void> {
  row(id)?.click();
  await settle();
}

export const entityMessage = (entity: Exercise): Message => ({
  type: 'entity',
  document: { kind: 'exercise', entity },
  permits: null,
  cause: cause('exercise-saved'),
});

export const saved = (draft: ExerciseDraft, more: Partial<Exercise> = {}): Exercise => ({
  id: 'e-new',
  video: null,
  archived: false,
  version: 1,
  ...draft,
  ...more,
});
