/** Scenes of the studio's place: its people, one of them, invitations, the log. */
import type {
  Account,
  AuditAct,
  AuditEntry,
  CreateUser,
  Device,
  Invitation,
  Person,
  Role,
  User,
  UserPage,
} from '../src/bridge/bridge';
import { FORMER_NAMES } from '../src/bridge/generated';
import { secondsAgo, MIRA, TRAINER, view } from './fixtures';
import type { Scene } from './scenes';
import { failure, type Answers } from './scripted';

export const ADMIN: Account = { ...TRAINER, id: 'u-noor', name: 'Noor Visser', roles: ['admin'] };

export function user(name: string, roles: readonly Role[], more: Partial<User> = {}): User {
  const plain = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '.');
  return {
    id: `u-${plain}`,
    name,
    email: `${plain}@studio.example`,
    roles: [...roles],
    locale: 'de',
    trainer: null,
    status: 'active',
    last_seen_at: secondsAgo(86_400),
    invited_at: null,
    version: 1,
    ...more,
  };
}

export const USERS: User[] = [
  user('Alva Lindqvist', ['athlete'], { trainer: MIRA }),
  user('Jonas Brandt', ['athlete'], { trainer: MIRA, last_seen_at: secondsAgo(900) }),
  user('Maximiliane von Hohenstein-Wittelsbach', ['athlete'], {
    status: 'invited',
    last_seen_at: null,
    invited_at: secondsAgo(200_000),
  }),
  user('Mira Sommer', ['trainer', 'athlete'], { id: MIRA.id, last_seen_at: secondsAgo(60) }),
  user('Noor Visser', ['admin'], { id: ADMIN.id, last_seen_at: secondsAgo(5) }),
  user('Özlem Şahin', ['athlete', 'trainer', 'admin']),
  user('Tariq Haddad', ['athlete'], { status: 'deactivated', last_seen_at: secondsAgo(8_000_000) }),
];

/** Lines as somebody pastes them; the last two are broken. */
export const LINES = [
  'Lea Vogt; lea@studio.example; Trainerin',
  'Özlem Kaya; oezlem@studio.example; ; Lea',
  'Maximiliane von Hohenstein-Wittelsbach; max.hohenstein@studio.example; Athletin; Mira Sommer',
  'Tom; tom@; Athlet',
  'Nina; lea@studio.example; Chefin; Karl',
];

const CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';

export const invitation = (more: Partial<Invitation> = {}): Invitation => ({
  code: CODE,
  link: `https://training.example/join#${CODE}`,
  deep_link: `ringside://claim/${CODE}?server=https%3A%2F%2Ftraining.example`,
  purpose: 'invite',
  expires_at: '2026-12-07T10:00:00Z',
  ...more,
});

/** Whoever is added, with their invitation. */
export const invited = ({ name, email, roles, trainer_id }: CreateUser) => {
  const trainer = USERS.find(({ id }) => id === trainer_id) ?? null;
  const made = user(name, roles, { email, status: 'invited', last_seen_at: null, invited_at: secondsAgo(0) });
  return {
    user: { ...made, trainer: trainer && { id: trainer.id, name: trainer.name } },
    invitation: invitation({ link: `https://training.example/join#${CODE}` }),
  };
};

const entry = (act: AuditAct, seconds: number, by: Person | null, on: User): AuditEntry => ({
  at: secondsAgo(seconds),
  by,
  act,
  on: { kind: 'user', id: on.id, name: on.name },
});

export const LOG: AuditEntry[] = [
  {
    at: secondsAgo(20),
    by: ADMIN,
    act: 'user-erased',
    on: { kind: 'user', id: 'u-gone', name: FORMER_NAMES.athlete },
    erased: {
      sessions: 3,
      shared_sessions: 147,
      sets: 2_204,
      weights: 140,
      notes: 31,
      journal_entries: 12,
      templates: 0,
      shared_templates: 0,
      devices: 2,
      uploads: 0,
      answers: 512,
      feeds: 3,
    },
  },
  entry('roles-changed', 60, ADMIN, USERS[5] as User),
  entry('user-deactivated', 4_000, ADMIN, USERS[6] as User),
  entry('invitation-claimed', 90_000, USERS[1] as User, USERS[1] as User),
  entry('user-invited', 100_000, ADMIN, USERS[1] as User),
  {
    at: secondsAgo(200_000),
    by: null,
    act: 'studio-created',
    on: { kind: 'studio', id: 's-nord', name: 'Studio Nord' },
  },
];

export const DEVICES: Device[] = [
  {
    id: 'd-1',
    name: 'Studio-PC',
    created_at: secondsAgo(4_000_000),
    last_seen_at: secondsAgo(600),
    is_current: true,
  },
  {
    id: 'd-2',
    name: 'MacBook von Jonas',
    created_at: secondsAgo(90_000),
    last_seen_at: secondsAgo(50_000),
    is_current: false,
  },
];

/** A page of these, as the server would find them. */
export function page(
  users: readonly User[],
  { search, role, status }: Partial<Record<string, unknown>> = {},
): UserPage {
  const found = users.filter(
    (one) =>
      (typeof search !== 'string' ||
        `${one.name} ${one.email}`.toLowerCase().includes(search.toLowerCase())) &&
      (role == null || one.roles.includes(role as Role)) &&
      (status == null || one.status === status),
  );
  return { users: found, next: null };
}

export const studio = (more: Answers = {}): Answers => ({
  list_users: ({ query }) => page(USERS, query),
  read_user: ({ user_id }) => USERS.find(({ id }) => id === user_id) ?? Promise.reject(failure('not-found')),
  list_devices: () => DEVICES,
  invite_user: () => invitation(),
  list_audit: () => ({ entries: LOG, next: null }),
  ...more,
});

const admin = () => view(ADMIN);

export const STUDIO_SCENES: Record<string, Scene> = {
  studio: { view: admin, answers: studio() },
  'studio-trainer': {
    view: () => view({ ...TRAINER, roles: ['trainer', 'admin'] }),
    answers: studio(),
    clicks: ['open-studio'],
  },
  'studio-person': { view: admin, answers: studio(), clicks: ['person-row', 'show-devices'] },
  'studio-erase': {
    view: admin,
    answers: studio({
      export_person: () => '/home/ada/Downloads/ringside-alva-lindqvist-2026-12-01.zip',
      erase_user: () =>
        Promise.reject({ ...failure('invalid'), fields: [{ pointer: '/confirm', code: 'not-repeated' }] }),
    }),
    clicks: ['person-row', 'export-person', 'erase-person'],
    fills: { 'erase-name': 'Alva' },
    keys: ['confirm-erase'],
  },
  'studio-invited': {
    view: admin,
    answers: studio({ list_users: ({ query }) => page(USERS.slice(2), query) }),
    clicks: ['person-row', 'invite-again'],
  },
  'studio-invite': { view: admin, answers: studio(), clicks: ['invite'] },
  'studio-invite-made': {
    view: admin,
    answers: studio({ add_user: ({ user: made }) => invited(made) }),
    clicks: ['invite', 'many-people'],
    fills: { 'invite-lines': LINES.filter((_, i) => i < 3).join('\n') },
    keys: ['send-invites'],
  },
  'studio-invite-broken': {
    view: admin,
    answers: studio(),
    clicks: ['invite', 'many-people'],
    fills: { 'invite-lines': LINES.join('\n') },
  },
  'studio-log': { view: admin, answers: studio(), clicks: ['open-log'] },
  'settings-sign-ins': {
    view: () => view(TRAINER),
    answers: { list_my_devices: () => DEVICES },
    clicks: ['open-settings', 'show-own-devices'],
  },
  'studio-failed': {
    view: admin,
    answers: studio({ change_user: () => Promise.reject(failure('last-admin')) }),
    clicks: ['person-row', 'role-of-admin', 'save-person'],
  },
  'studio-loading': { view: admin, answers: { list_users: () => new Promise(() => undefined) } },
  'studio-offline': {
    view: () => view(ADMIN, [], { link: { state: 'offline', waiting: 0, reason: 'unreachable' } }),
    answers: { list_users: () => Promise.reject(failure('unreachable')) },
  },
  'studio-nobody': { view: admin, answers: studio({ list_users: () => ({ users: [], next: null }) }) },
};
