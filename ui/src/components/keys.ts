/** The keys of the window, as a person reads them. */
import type { System, Wish } from '../state/keys';

/** The keys of each wish. On a Mac they are the menu bar's, elsewhere `state/keys.ts` hears them. */
export function keysOf(system: System): readonly [keys: string, wish: Wish][] {
  if (system === 'mac')
    return [
      ['⌘ ,', 'settings'],
      ['⌃ ⌘ F', 'full-screen'],
      ['⌘ Q', 'quit'],
      ['F1', 'shortcuts'],
    ];
  const both: [string, Wish][] = [
    ['Ctrl + ,', 'settings'],
    ['F11', 'full-screen'],
  ];
  return [...both, [system === 'linux' ? 'Ctrl + Q' : 'Alt + F4', 'quit'], ['F1', 'shortcuts']];
}
