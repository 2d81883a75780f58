/**
 * What a key does to the field that has the focus. The web view's own editing commands are used, because they do what
 * typing does: they respect the selection and the field's length, work where a field tells nothing of its selection
 * (e-mail), remove a whole emoji, bring the caret into sight and report an `input`. They are called deprecated; there is
 * no other way to type, and every web view has them.
 */
import { isTextField, type TextField } from '../../state/touch-typing.svelte';
import type { Purpose } from './layouts';

/** What Enter is in a field. */
export type EnterMeaning = 'new-line' | 'next' | 'done';

export function write(text: string): void {
  document.execCommand('insertText', false, text);
}

export function removeBackward(): void {
  document.execCommand('delete');
}

export function purposeOf(field: TextField): Purpose {
  const asked = field.inputMode || field.type;
  if (asked === 'decimal' || asked === 'number') return 'decimal';
  if (asked === 'numeric' || asked === 'tel') return 'digits';
  return asked === 'email' || asked === 'url' ? asked : 'text';
}

/** In a form, Enter leads to the next field that is still empty, and sends the form when there is none. */
export function enterMeaning(field: TextField): EnterMeaning {
  if (field instanceof HTMLTextAreaElement) return 'new-line';
  return nextEmpty(field) ? 'next' : 'done';
}

/** Presses Enter in a field; answers whether the field is done with and nothing came of it. */
export function pressEnter(field: TextField): boolean {
  const pressed = new KeyboardEvent('keydown', {
    key: 'Enter',
    code: 'Enter',
    bubbles: true,
    cancelable: true,
  });
  // Somebody listens for it: a search that takes what it found, a line that is read.
  if (!field.dispatchEvent(pressed)) return false;
  if (field instanceof HTMLTextAreaElement) {
    write('\n');
    return false;
  }
  const next = nextEmpty(field);
  if (next) next.focus();
  else if (field.form) submit(field.form);
  return !next && !field.form;
}

/** Whether a sentence begins where the caret is, in a field for sentences. */
export function startsSentence(field: TextField): boolean {
  const capitals = field.autocapitalize || (field instanceof HTMLTextAreaElement ? 'sentences' : 'none');
  if (capitals !== 'sentences' || field.selectionStart === null) return false;
  return /(^|[.!?…]\s+|\n)$/.test(field.value.slice(0, field.selectionStart));
}

/** The next field of the form that is still empty. */
function nextEmpty(field: TextField): TextField | undefined {
  const all = [...(field.form?.elements ?? [])];
  return all
    .slice(all.indexOf(field) + 1)
    .filter(isTextField)
    .find((one) => one.value === '' && ((one as Partial<TextField>).checkVisibility?.() ?? true));
}

/** As Enter does: through the button that sends the form, which may be busy. */
function submit(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLElement>(
    'button:not([type=button], [type=reset]), input[type=submit]',
  );
  if (button) button.click();
  else form.requestSubmit();
}
