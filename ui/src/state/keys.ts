/** The keys of the window itself, by the conventions of the system. The desk's are in `desk.svelte.ts`. */

export type System = 'linux' | 'mac' | 'windows';

/** What a key of the window asks for. */
export type Wish = 'settings' | 'shortcuts' | 'full-screen' | 'quit';

/** Which system this is, by what the web view says of itself. */
export function systemOf(userAgent: string): System {
  if (userAgent.includes('Macintosh')) return 'mac';
  return userAgent.includes('Windows') ? 'windows' : 'linux';
}

/**
 * What a key asks for on a system. On a Mac the menu bar has the keys, and the system hears them before we do. On
 * Windows nothing quits but Alt+F4, which is the system's.
 */
export function wishOf(event: KeyboardEvent, system: System): Wish | null {
  if (event.repeat || event.altKey || event.shiftKey || event.metaKey) return null;
  if (event.key === 'F1' && !event.ctrlKey) return 'shortcuts';
  if (system === 'mac') return null;
  if (event.key === 'F11' && !event.ctrlKey) return 'full-screen';
  if (!event.ctrlKey) return null;
  if (event.key === ',') return 'settings';
  return event.key.toLowerCase() === 'q' && system === 'linux' ? 'quit' : null;
}
