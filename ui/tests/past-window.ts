/** A window on the past of an athlete, for tests. */
import type { Session } from '../src/bridge/bridge';
import { athlete, JONAS, TRAINER, view } from '../dev/fixtures';
import { past } from '../dev/history-scenes';
import { type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

export const jonas = { athletes: [athlete(JONAS)] };

export async function press(key: string): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

export async function athletePage(answers: Answers = past(), sessions: Session[] = []): Promise<Window> {
  const window = await open(view(TRAINER, sessions, jonas), answers);
  await window.click('open-athletes');
  await window.click('athlete');
  return window;
}

export const value = (window: Window, testid: string) => (window.find(testid) as HTMLInputElement).value;

export async function select(window: Window, testid: string, value: string): Promise<void> {
  const input = window.find(testid) as HTMLSelectElement;
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}
