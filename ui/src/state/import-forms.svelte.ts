/**
 * The forms of imports that are at work, also while nobody looks at them: whoever comes back to an athlete finds the same
 * one, so that a file is read once and its end is announced once. One at rest is not kept: its draft is.
 */
import type { UserId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { ImportForm } from './import-form.svelte';

interface Kept {
  form: ImportForm;
  /** Ends what is worked out for it. */
  end: () => void;
}

const FORMS = new WeakMap<App, Map<string, Kept>>();

/** The form of an athlete's import; `changed` is told when their past has changed. */
export function importFormOf(app: App, athlete: UserId, changed: () => void): ImportForm {
  // Nothing on screen reads it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  const forms = FORMS.get(app) ?? new Map<string, Kept>();
  FORMS.set(app, forms);
  const key = `${app.me?.id ?? ''}.${athlete}`;
  let kept = forms.get(key);
  if (!kept?.form.isWorking) {
    kept?.end();
    kept = made(app, athlete);
    forms.set(key, kept);
  }
  kept.form.changed = changed;
  return kept.form;
}

/** In a scope of its own: what is worked out in a component's ends with that. */
function made(app: App, athlete: UserId): Kept {
  let form!: ImportForm;
  const end = $effect.root(() => {
    form = new ImportForm(app, athlete);
  });
  return { form, end };
}
