/**
 * An invitation in front of the person it may be for: its code, whose it is, and the password that is set with it.
 * Nothing is changed before that.
 */
import type { InvitationPreview } from '../bridge/bridge';
import {
  type CodeProblem,
  isSameServer,
  readInvitation,
  type ReadInvitation,
} from '../words/invitation-code';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import type { OpenedInvitation } from './opened-links';

export class Claim {
  /** What is typed for a code. */
  typed = $state('');
  /** What is wrong with it, once it was tried. */
  problem = $state.raw<CodeProblem | null>(null);
  /** The invitation that is looked at. */
  invitation = $state.raw<ReadInvitation | null>(null);
  preview = $state.raw<InvitationPreview | null>(null);
  /** The server of the link that led here, for a code that is typed without one. */
  readonly #server: string | null;

  constructor(
    readonly app: App,
    opened: OpenedInvitation,
  ) {
    this.#server = opened.server;
    this.typed = opened.code;
    if (opened.code !== '') void this.read();
  }

  /** The server the invitation is for. */
  readonly server = $derived.by(() => this.invitation?.server ?? this.app.view?.server ?? '');
  /** On a kiosk an invitation of another server is for another machine. */
  readonly isElsewhere = $derived.by(
    () => this.app.kiosk.view !== null && !isSameServer(this.server, this.app.view?.server ?? ''),
  );

  readonly look = new Action(async ({ code, server }: ReadInvitation) => {
    this.preview = await this.app.call('look_at_invitation', { code, server });
  });

  readonly claim = new Action(async (password: string, pin: string) => {
    if (!this.invitation) return;
    const { code, server } = this.invitation;
    if (this.app.kiosk.view) await this.app.call('admit_invited', { code, password, pin });
    else await this.app.call('claim_invitation', { code, server, password });
  });

  /** Reads what is typed and looks at it, if it can be an invitation. */
  async read(): Promise<void> {
    const read = readInvitation(this.typed);
    this.problem = 'kind' in read ? read : null;
    if ('kind' in read) return;
    this.invitation = { code: read.code, server: read.server ?? this.#server };
    if (!this.isElsewhere) await this.look.run(this.invitation);
  }

  /** Back to the code, as it was typed. */
  forget(): void {
    this.invitation = this.preview = null;
    this.look.dismiss();
    this.claim.dismiss();
  }
}
