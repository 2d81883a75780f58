/**
 * The keys of the window itself, by the conventions of the system, and those of the web view that a window must not have:
 * it is no page. The keys for trainers are in `trainer-state.svelte.ts`.
 */

export type System = 'linux' | 'mac' | 'windows';

/** The key that leads back to the sessions that go on, also from a field. */
export const LIVE_KEY = 'F2';

/** What a key of the window does. */
export type WindowCommand = 'settings' | 'shortcuts' | 'full-screen' | 'quit';

/** Which system this is, by the web view's user agent. */
export function systemOf(userAgent: string): System {
  if (userAgent.includes('Macintosh')) return 'mac';
  return userAgent.includes('Windows') ? 'windows' : 'linux';
}

/**
 * The command of a key on a system. On a Mac the keys belong to the menu bar, and the system handles them. On Windows
 * only Alt+F4 quits, which is the system's.
 */
export function commandOf(event: KeyboardEvent, system: System): WindowCommand | null {
  if (event.repeat || event.altKey || event.shiftKey || event.metaKey) return null;
  if (event.key === 'F1' && !event.ctrlKey) return 'shortcuts';
  if (system === 'mac') return null;
  if (event.key === 'F11' && !event.ctrlKey) return 'full-screen';
  if (!event.ctrlKey) return null;
  if (event.key === ',') return 'settings';
  return event.key.toLowerCase() === 'q' && system === 'linux' ? 'quit' : null;
}

/** Whether a key undoes the last act. In a text that was changed since, it belongs to the text. */
export function isUndo(event: KeyboardEvent, system: System): boolean {
  const isHeld = system === 'mac' ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return isHeld && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'z';
}

/** With Ctrl or Cmd: print, save, reload, show the source, find, show downloads. */
const BROWSER_KEYS = new Set([...'psrugfj']);
/** The same with Shift: the system's print dialog, reload without the cache, find the previous one. */
const BROWSER_KEYS_WITH_SHIFT = new Set([...'prg']);

/**
 * Whether a key is a shortcut of the web view that must do nothing here: a page may be printed or reloaded, a window may
 * not, and on a kiosk printing would be a way out. Zooming stays possible for whoever needs it.
 */
export function isBrowserShortcut(event: KeyboardEvent, system: System): boolean {
  if (event.altKey) return false;
  if (['F3', 'F5', 'F7'].includes(event.key)) return true;
  // On a Mac Ctrl moves in a text, and with Cmd it is the menu bar's.
  const isHeld = system === 'mac' ? event.metaKey && !event.ctrlKey : event.ctrlKey;
  // Where letters are not Latin, the place of the key decides.
  const letter = /^[a-z]$/i.test(event.key) ? event.key : event.code.slice('Key'.length);
  return isHeld && (event.shiftKey ? BROWSER_KEYS_WITH_SHIFT : BROWSER_KEYS).has(letter.toLowerCase());
}

/** Inputs that hold a text. */
const EDITABLE = 'input:not([type=checkbox], [type=radio]), textarea';

/** Whether the web view may show its context menu here: to edit a text, or to copy a selection. */
export function allowsContextMenu(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const selection = getSelection();
  const isSelected = selection?.isCollapsed === false && selection.getRangeAt(0).intersectsNode(target);
  return isSelected || target.closest(EDITABLE) !== null;
}

/** Whether a key is typed into an input, and so is no shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select');
}

/** What WebKit says of the key that ends a composition, for which `isComposing` is false already. */
const COMPOSING_KEY = 229;

/** Whether a key goes to an input method, which puts a word together: it takes nothing and is no shortcut. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === COMPOSING_KEY;
}

/** Whether a key saves what somebody is in: Ctrl or Cmd with S, also with the capitals locked, or with Enter. */
export function isSaveKey({ ctrlKey, metaKey, altKey, key }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && (key === 'Enter' || key.toLowerCase() === 's');
}
