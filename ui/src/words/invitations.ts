/** What an admin may say when they hand on an invitation, in the language of whom it is for. */
import type { Invitation, Locale, User } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, isKnown } from './known';
import { isolated } from './names';

const LOCALES: Record<Known<Locale>, true> = { de: true, pt: true, en: true };

/** In which language something is said to somebody: theirs, if its texts are among `loaded`. */
function languageFor(locale: Locale, loaded: readonly Locale[]): { locale?: Known<Locale> } {
  return loaded.includes(locale) && isKnown(LOCALES, locale) ? { locale } : {};
}

/** A message with the link, ready to be sent. */
export function invitationText(
  user: User,
  { link, purpose }: Invitation,
  studio: string,
  loaded: readonly Locale[],
): string {
  const options = languageFor(user.locale, loaded);
  const inputs = { name: isolated(user.name), studio: isolated(studio), link };
  return purpose === 'reset'
    ? m.invitation_reset_message(inputs, options)
    : m.invitation_message(inputs, options);
}

/** What stands on a printed invitation. */
export function sheetWords(user: User, studio: string, loaded: readonly Locale[]) {
  const options = languageFor(user.locale, loaded);
  return {
    title: m.sheet_title({ studio: isolated(studio) }, options),
    text: m.sheet_text({}, options),
    byHand: m.sheet_by_hand({}, options),
  };
}
