/** A studio machine's screen in a test: who is picked, what is typed, and what the core tells of it. */
import type { PersonHere, StudioScreen } from '../src/bridge/bridge';
import { ATHLETE, view } from '../dev/cast';
import type { Answers } from '../dev/scripted';
import { MACHINE, studio } from '../dev/studio-scenes';
import { open, type Window } from './stage';

export const JONAS = 'person-jonasbrandt';
/** What the core shows while nobody is in front. */
export const house = view(null, [], { profile: 'studio-machine' });

export async function screen(answers: Answers = {}, more: Partial<StudioScreen> = {}): Promise<Window> {
  const window = await open(house, {
    lock: () => null,
    machine: () => MACHINE,
    keep_awake: () => null,
    ...answers,
  });
  await say(window, more);
  return window;
}

export async function say(window: Window, more: Partial<StudioScreen>): Promise<void> {
  window.bridge.say({ type: 'studio', studio: studio(more) });
  await window.settle();
}

/** What the core tells when Jonas is in front. */
export async function jonas(
  window: Window,
  ...sessions: Parameters<typeof view>[1] & object[]
): Promise<void> {
  await say(window, { in_front: JONAS });
  window.bridge.say({ type: 'view', view: view(ATHLETE, sessions as never, { profile: JONAS }) });
  await window.settle();
}

/** What the core tells when staff are there, and who trains here. */
export async function staff(people: PersonHere[], answers: Answers = {}): Promise<Window> {
  return screen(answers, { is_staff: true, people });
}

export async function type(window: Window, digits: string): Promise<void> {
  for (const digit of digits) await window.click(`digit-${digit}`);
}

export async function person(window: Window, name: string): Promise<void> {
  const tile = [...document.querySelectorAll('[data-testid="person"]')].find((it) =>
    it.textContent.includes(name),
  );
  tile?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await window.settle();
}
