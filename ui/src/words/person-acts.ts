/** What an admin can do about somebody's access: what it is called, and by which key, in the list of people and beside it. */
import type { User } from '../bridge/bridge';
import { m } from '../paraglide/messages';

export type PersonAct = 'invite-again' | 'withdraw' | 'reset' | 'deactivate' | 'activate';

/** None of them is the second letter of a place: after G the letter leads there. */
export const PERSON_KEYS: Readonly<Record<string, readonly PersonAct[]>> = {
  i: ['invite-again'],
  w: ['withdraw'],
  p: ['reset'],
  d: ['deactivate', 'activate'],
};

const WORDS: Record<PersonAct, () => string> = {
  'invite-again': m.person_invite_again,
  withdraw: m.person_withdraw,
  reset: m.person_reset,
  deactivate: m.person_deactivate,
  activate: m.person_activate,
};

export function personActWords(act: PersonAct): string {
  return WORDS[act]();
}

/** What can be done about somebody. `isInvitedHere`: an invitation for them was made in this window. */
export function actsAbout({ status }: User, isMe: boolean, isInvitedHere: boolean): readonly PersonAct[] {
  if (status === 'deactivated') return ['activate'];
  if (status === 'invited') return ['invite-again', 'withdraw', 'deactivate'];
  if (isMe) return ['deactivate'];
  return isInvitedHere ? ['reset', 'withdraw', 'deactivate'] : ['reset', 'deactivate'];
}

/** The keys of some acts, as an element names them; none where there are none. */
export function keysFor(acts: readonly PersonAct[]): string | undefined {
  const keys = Object.keys(PERSON_KEYS).filter((key) => PERSON_KEYS[key]?.some((act) => acts.includes(act)));
  return keys.join(' ') || undefined;
}
