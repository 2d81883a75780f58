/**
 * The keys of the window itself, by the conventions of the system, and what of the web view's own there is none of: a
 * window is no page. The desk's keys are in `desk.svelte.ts`.
 */

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

/** Whether a key takes back the last act. In a text it is the text's own. */
export function isUndo(event: KeyboardEvent, system: System): boolean {
  const isHeld = system === 'mac' ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return isHeld && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'z';
}

/** What a web view does by itself with Ctrl or Cmd: print, save, load anew, show the source, look for something, downloads. */
const OF_THE_WEB_VIEW = new Set([...'psrugfj']);
/** The same with Shift: the system's printing, all of it anew, look for what is before. */
const OF_THE_WEB_VIEW_WITH_SHIFT = new Set([...'prg']);

/**
 * Whether the web view would do something of its own with a key: a page may be printed or loaded anew, a window may not,
 * and on a kiosk printing is a way out. Larger and smaller letters are left to whoever needs them.
 */
export function isOfTheWebView(event: KeyboardEvent, system: System): boolean {
  if (event.altKey) return false;
  if (['F3', 'F5', 'F7'].includes(event.key)) return true;
  // On a Mac Ctrl moves in a text, and with Cmd it is the menu bar's.
  const isHeld = system === 'mac' ? event.metaKey && !event.ctrlKey : event.ctrlKey;
  // Where letters are not Latin, the place of the key decides.
  const letter = /^[a-z]$/i.test(event.key) ? event.key : event.code.slice('Key'.length);
  return isHeld && (event.shiftKey ? OF_THE_WEB_VIEW_WITH_SHIFT : OF_THE_WEB_VIEW).has(letter.toLowerCase());
}

/** What somebody types into. */
const EDITABLE = 'input:not([type=checkbox], [type=radio]), textarea';

/** Whether the web view's own menu may come where it was asked for: to edit a text, or to copy what is selected of one. */
export function mayHaveMenu(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const selection = getSelection();
  const isSelected = selection?.isCollapsed === false && selection.getRangeAt(0).intersectsNode(target);
  return isSelected || target.closest(EDITABLE) !== null;
}

/** Whether a key is typed into something, and so stands for nothing else. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select');
}
