/** A window on the import of a file, for tests. */
import { expect, vi } from 'vitest';

import { drop } from '../dev/drop';
import { ATHLETE, view } from '../dev/fixtures';
import { importing } from '../dev/import-scenes';
import { failure, type Answers, type ByteAnswers } from '../dev/scripted';
import { open, PATIENT, settle, type Window } from './window';

export const refuse =
  (code: Parameters<typeof failure>[0], detail: string | null = null) =>
  (): Promise<never> =>
    Promise.reject(failure(code, { detail }) as unknown as Error);

export function file(bytes = 10, name = 'strong.csv', size = bytes): File {
  const made = new File([new Uint8Array(bytes)], name);
  return size === bytes ? made : Object.defineProperty(made, 'size', { value: size });
}

export const step = (window: Window) => window.find('import-file').dataset['step'];
export const count = (window: Window, testid: string) => Number(window.find(testid).dataset['count']);

export async function until(what: () => void): Promise<void> {
  await vi.waitFor(async () => {
    await settle();
    what();
  }, PATIENT);
}

/** The athlete's own history, with the import open. */
export async function opened(answers: Answers = {}, bytes: ByteAnswers = {}): Promise<Window> {
  const window = await open(view(ATHLETE), importing(answers), bytes);
  await window.click('open-history');
  await until(() => {
    window.find('import');
  });
  await window.click('import');
  await until(() => {
    window.find('import-drop');
  });
  return window;
}

export async function dropped(window: Window, ...files: File[]): Promise<void> {
  drop(window.find('import-drop'), files);
  await until(() => {
    expect(step(window)).not.toBe('reading');
  });
}

export async function previewed(answers: Answers = {}): Promise<Window> {
  const window = await opened(answers);
  await dropped(window, file());
  return window;
}

/** The field of a name, as somebody goes to it by keyboard. */
export function choice(name: string): HTMLInputElement {
  const input = document.querySelector<HTMLInputElement>(
    `[data-testid="import-choice"][data-name="${name}"]`,
  );
  if (!input) throw new Error(`no field for ${name}`);
  input.focus();
  return input;
}
