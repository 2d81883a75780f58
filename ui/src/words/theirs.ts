/** What somebody else changed of a person, as sentences. */
import type { Locale, Person, Role, UserId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from './names';
import { languageWords, rolesWords } from './people';

interface Changes {
  name?: string;
  email?: string;
  locale?: Locale;
  roles?: readonly Role[];
  trainer_id?: UserId | null;
}

export function theirsWords(changes: Changes, trainers: readonly Person[]): string[] {
  const { name, email, locale, roles, trainer_id } = changes;
  const trainer = trainers.find(({ id }) => id === trainer_id)?.name ?? m.person_no_trainer();
  const lines: [boolean, string, string][] = [
    [name !== undefined, m.person_name(), name ?? ''],
    [email !== undefined, m.sign_in_email(), email ?? ''],
    [roles !== undefined, m.person_roles(), rolesWords(roles ?? [])],
    [trainer_id !== undefined, m.person_trainer(), trainer],
    [locale !== undefined, m.settings_language(), languageWords(locale ?? 'de')],
  ];
  return lines
    .filter(([isChanged]) => isChanged)
    .map(([, what, value]) => m.person_now({ what, value: isolated(value) }));
}
