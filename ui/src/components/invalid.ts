/** Where the keyboard goes when a form could not be sent: to the first input that says why, which is then read aloud. */
import { tick } from 'svelte';

export async function focusFirstInvalid(form: HTMLElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
