/**
 * What is done with one template. A change that comes while another one is being saved is saved after it, so that none is
 * lost, and with a failure of its own, which is shown where it happened.
 */
import type { Template, TemplateDraft, TemplateId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { undoBy } from './undo';

type Change = Partial<Pick<TemplateDraft, 'name' | 'shared'>>;

export class TemplateEdit {
  #waiting: Change | null = null;
  #saving: Promise<boolean> | null = null;

  constructor(
    readonly app: App,
    readonly id: TemplateId,
  ) {}

  /** Gives it another name, or shares it, or no longer. Returns whether that was saved. */
  change(change: Change): Promise<boolean> {
    this.#waiting = { ...this.#waiting, ...change };
    this.#saving ??= this.save.run().finally(() => {
      this.#saving = null;
      this.#waiting = null;
    });
    return this.#saving;
  }

  readonly save = new Action(async () => {
    let saved: Template | undefined;
    while (this.#waiting) {
      const change = this.#waiting;
      this.#waiting = null;
      const known = this.app.templates.find(({ id }) => id === this.id);
      const newest = saved && saved.version > (known?.version ?? 0) ? saved : known;
      if (!newest) return;
      const { id, version, name, shared, rounds } = newest;
      const draft = { name, shared, rounds, ...change };
      saved = await this.app.call('edit_template', { template_id: id, version, draft });
    }
  });

  /** Deletes it; for ten seconds that can be undone. */
  readonly remove = new Action(async (template: Template) => {
    const { id, version, name } = template;
    await this.app.call('delete_template', { template_id: id, version });
    this.app.announcements.offerUndo(
      () => m.template_deleted({ name: isolated(name) }),
      () => {
        void undoBy(this.app, () => this.app.call('restore_template', { template }));
      },
    );
  });
}
