/** Roles, states and languages of people as words. */
import type { Locale, Role, User, UserStatus } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known, UNRECOGNISED } from './known';
import { dateWords } from './times';

const ROLES: Record<Known<Role>, () => string> = {
  athlete: m.person_role_athlete,
  trainer: m.person_role_trainer,
  admin: m.person_role_admin,
};

const STATUSES: Record<Known<UserStatus>, () => string> = {
  invited: m.person_invited,
  active: m.person_active,
  deactivated: m.person_inactive,
};

/** Each language by its own name, so that whoever is lost in the wrong one finds theirs. */
export const LANGUAGES: readonly (readonly [Known<Locale>, string])[] = [
  ['de', 'Deutsch'],
  ['pt', 'Português'],
  ['en', 'English'],
];

export const ROLE_NAMES = Object.keys(ROLES) as Known<Role>[];
export const STATUS_NAMES = Object.keys(STATUSES) as Known<UserStatus>[];

export function roleWords(role: Role): string {
  return known(ROLES, role)?.() ?? role;
}

export function rolesWords(roles: readonly Role[]): string {
  return roles.map(roleWords).join(', ');
}

export function statusWords(status: UserStatus): string {
  return known(STATUSES, status)?.() ?? UNRECOGNISED;
}

/** The same with since when, for whoever has an invitation that they have not used yet. */
export function userStatusWords({ status, invited_at }: User): string {
  const words = statusWords(status);
  return status === 'invited' && invited_at !== null ? `${words} · ${dateWords(invited_at)}` : words;
}

export function languageWords(locale: Locale): string {
  return LANGUAGES.find(([name]) => name === locale)?.[1] ?? locale;
}

/** When one of their devices was last seen. */
export function seenWords({ last_seen_at }: User): string {
  return last_seen_at === null ? m.person_never_seen() : dateWords(last_seen_at);
}
