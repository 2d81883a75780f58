/** The keys of the window, as a person reads them. */
import type { System, WindowCommand } from '../state/keys';

/** The keys of each command. On a Mac they are the menu bar's, elsewhere `state/keys.ts` handles them. */
export function keysOf(system: System): readonly [keys: string, command: WindowCommand][] {
  if (system === 'mac')
    return [
      ['⌘ ,', 'settings'],
      ['⌃ ⌘ F', 'full-screen'],
      ['⌘ Q', 'quit'],
      ['F1', 'shortcuts'],
    ];
  const both: [string, WindowCommand][] = [
    ['Ctrl + ,', 'settings'],
    ['F11', 'full-screen'],
  ];
  return [...both, [system === 'linux' ? 'Ctrl + Q' : 'Alt + F4', 'quit'], ['F1', 'shortcuts']];
}
