/** Drives the window of a kiosk: messages of the core, picking a member, typing a PIN. */
import type { KioskMember, KioskView } from '../src/bridge/bridge';
import { ATHLETE, view } from '../dev/fixtures';
import type { Answers } from '../dev/scripted';
import { kiosk, LOBBY, MACHINE } from '../dev/kiosk-scenes';
import { open, type Window } from './window';

export const JONAS = 'person-jonasbrandt';
/** The view of the lobby. */
export const lobby = view(null, [], { profile: LOBBY });

export async function openKiosk(answers: Answers = {}, more: Partial<KioskView> = {}): Promise<Window> {
  const window = await open(lobby, {
    lock: () => null,
    machine: () => MACHINE,
    keep_awake: () => null,
    ...answers,
  });
  await sendKiosk(window, more);
  return window;
}

export async function sendKiosk(window: Window, more: Partial<KioskView>): Promise<void> {
  window.bridge.emit({ type: 'kiosk', kiosk: kiosk(more) });
  await window.settle();
}

/** Brings Jonas to the foreground. */
export async function bringJonas(
  window: Window,
  ...sessions: Parameters<typeof view>[1] & object[]
): Promise<void> {
  await sendKiosk(window, { foreground: JONAS });
  window.bridge.emit({ type: 'view', view: view(ATHLETE, sessions as never, { profile: JONAS }) });
  await window.settle();
}

/** Opens the staff page of a kiosk with these members. */
export async function openStaffPage(members: KioskMember[], answers: Answers = {}): Promise<Window> {
  return openKiosk(answers, { is_staff: true, members });
}

export async function typePin(window: Window, digits: string): Promise<void> {
  for (const digit of digits) await window.click(`digit-${digit}`);
}

export async function pickMember(window: Window, name: string): Promise<void> {
  const tile = [...document.querySelectorAll('[data-testid="member"]')].find((it) =>
    it.textContent.includes(name),
  );
  tile?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await window.settle();
}
