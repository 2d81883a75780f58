/** Scenes of a large studio: 400 exercises, 1,000 people, an athlete with 2,000 sessions. */
import type { Exercise, SessionSummary, User } from '../src/bridge/bridge';
import { athlete, ATHLETE, exercise, LIBRARY, session, TRAINER, view } from './fixtures';
import { past, summary } from './history-scenes';
import type { Scene } from './scenes';
import type { Answers } from './scripted';
import { ADMIN, page, studio, user } from './studio-scenes';
import { FILM, VIDEO } from './video-scenes';

const CATEGORIES = LIBRARY.map(({ category }) => category);

const EXERCISES: Exercise[] = Array.from({ length: 400 }, (_, i) => ({
  ...exercise(`Übung ${String(i + 1)}`, CATEGORIES[i % CATEGORIES.length] ?? 'legs', 'weight', 'reps'),
  muscles: ['Brust', 'Trizeps'],
  video: i % 7 < 3 ? { ...VIDEO, id: `v-${String(i)}` } : null,
}));

const names = Array.from({ length: 1_000 }, (_, i) => `Athletin ${String(i + 1)} Öztürk-Sørensen`);
const USERS: User[] = names.map((name) => user(name, ['athlete'], { trainer: TRAINER }));
const ATHLETES = names.map((name, i) => athlete({ id: `u-${String(i)}`, name }));

const SESSIONS: SessionSummary[] = Array.from({ length: 2_000 }, (_, i) =>
  summary({
    id: `x-${String(i)}`,
    started_at: new Date(Date.UTC(2026, 10, 24, 17) - i * 150_000_000).toISOString(),
  }),
);

/** A part of a list, as the server answers it: from a place on, so many. */
function part<T>(
  all: readonly T[],
  after: string | null | undefined,
  limit: number | null | undefined,
): { shown: T[]; next: string | null } {
  const from = Number(after ?? 0);
  const to = from + (limit ?? 100);
  return { shown: all.slice(from, to), next: to < all.length ? String(to) : null };
}

const history: Answers = {
  ...past(),
  list_sessions: ({ query }) => {
    const { shown, next } = part(SESSIONS, query.before, query.limit);
    return { sessions: shown, next };
  },
};

export const CROWD_SCENES: Record<string, Scene> = {
  'library-crowd': {
    view: () => view(TRAINER, [session('active')], { exercises: EXERCISES }),
    bytes: FILM,
    clicks: ['open-library'],
  },
  'studio-crowd': {
    view: () => view(ADMIN),
    answers: {
      ...studio(),
      list_users: ({ query }) => {
        const { shown, next } = part(
          query.role === 'trainer' ? [] : page(USERS, query).users,
          query.after,
          query.limit,
        );
        return { users: shown, next };
      },
    },
  },
  'today-crowd': {
    view: () => view(TRAINER, [session('active')], { athletes: ATHLETES, exercises: EXERCISES }),
  },
  'athletes-crowd': {
    view: () => view(TRAINER, [session('active')], { athletes: ATHLETES, exercises: EXERCISES }),
    answers: history,
    clicks: ['open-athletes', 'athlete'],
  },
  'history-crowd': { view: () => view(ATHLETE), answers: history, clicks: ['open-history'] },
};
