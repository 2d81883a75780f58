/** What an admin may say when they hand on an invitation, in the language of whom it is for. */
import type { Invitation, User } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, isKnown } from './known';
import { isolated } from './names';

const LOCALES: Record<Known<User['locale']>, true> = { de: true, pt: true, en: true };

/** A message with the link, ready to be sent. */
export function invitationText(user: User, { link, purpose }: Invitation, studio: string): string {
  const options = isKnown(LOCALES, user.locale) ? { locale: user.locale } : {};
  const inputs = { name: isolated(user.name), studio: isolated(studio), link };
  return purpose === 'reset'
    ? m.invitation_reset_message(inputs, options)
    : m.invitation_message(inputs, options);
}
