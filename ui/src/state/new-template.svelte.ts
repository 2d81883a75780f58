/** A template that is about to be kept: its name as typed, and whether it is shared. */
import type { RoundPlan } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import { tooLong } from '../words/text';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class NewTemplate {
  name = $state('');
  isShared = $state(false);

  constructor(readonly app: App) {}

  /** What is wrong with the name. */
  readonly problem = $derived.by(() => tooLong(this.name, LIMITS.template_name_chars));
  readonly mayNotSave = $derived.by(() => this.name.trim() === '' || this.problem !== undefined);

  readonly save = new Action(async (rounds: RoundPlan[]) => {
    const typed = this.name;
    const name = typed.trim();
    await this.app.call('create_template', { draft: { name, shared: this.isShared, rounds } });
    // What is typed by now may be the next one.
    if (this.name === typed) this.name = '';
    this.app.announcements.show(() => m.template_saved({ name: isolated(name) }));
  });
}
