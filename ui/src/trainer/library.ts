/**
 * Finding an exercise by typing, by its name, its other names, its muscles and its category, in this order; accents,
 * case, hyphens and apostrophes don't matter.
 */
import type { Exercise, UserId } from '../bridge/bridge';
import { categoryWords } from '../words/exercises';
import { folded } from '../words/folding';
import { byName } from '../words/names';
import { newestFirst } from '../words/times';
import type { Known } from './last';

/** The exercises that are offered for planning, by name. */
export function offeredIn(library: readonly Exercise[]): Exercise[] {
  return byName(library.filter(({ archived }) => !archived));
}

/** Those of `exercises` that are found by what is typed, best first, else in their order. */
export function findExercises(exercises: readonly Exercise[], typed: string, most = 8): readonly Exercise[] {
  const wanted = searched(typed);
  if (wanted.text === '') return exercises.slice(0, most);
  return exercises
    .map((exercise) => ({ exercise, rank: rankOf(exercise, wanted) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ exercise }) => exercise);
}

/** The other name by which an exercise is found, if its own name has nothing of what is typed. */
export function aliasFoundBy(exercise: Exercise, typed: string): string | undefined {
  const wanted = searched(typed);
  const { name, aliases } = searchedIn(exercise);
  if (wanted.text === '' || closeness(name, wanted) < FAR) return undefined;
  const ranks = aliases.map((alias) => closeness(alias, wanted));
  const best = Math.min(...ranks, FAR);
  return best < FAR ? exercise.aliases[ranks.indexOf(best)] : undefined;
}

/** The exercise with this very name, whatever its case; also an archived one, since no other can get its name. */
export function exerciseNamed(library: readonly Exercise[], name: string): Exercise | undefined {
  const wanted = name.trim().toLowerCase();
  return library.find((exercise) => exercise.name.toLowerCase() === wanted);
}

/**
 * The exercises of an athlete's last rounds, newest first, as far as they are still offered: those of the sessions that
 * are known, then those of the athlete's records, which reach back further.
 */
export function recentExercises(
  { sessions, athletes }: Known,
  athlete: UserId,
  offered: readonly Exercise[],
  most: number,
): Exercise[] {
  const theirs = sessions.filter((session) => session.athlete.id === athlete);
  const trained = newestFirst(theirs, ({ started_at }) => started_at)
    .flatMap(({ rounds }) => rounds.toReversed())
    .flatMap(({ exercises }) => exercises);
  const records = athletes.find(({ id }) => id === athlete)?.records ?? [];
  const before = records.flatMap(({ exercise_id, last }) => (last ? [{ exercise_id, at: last.at }] : []));
  const ids = [...trained, ...newestFirst(before, ({ at }) => at)].map(({ exercise_id }) => exercise_id);
  return [...new Set(ids)]
    .flatMap((id) => offered.find((exercise) => exercise.id === id) ?? [])
    .slice(0, most);
}

/** A text as it is compared, and its words. */
interface Searched {
  text: string;
  words: readonly string[];
}

interface SearchedExercise {
  name: Searched;
  aliases: readonly Searched[];
  muscles: readonly Searched[];
}

/** Worse than any way in which a text can have what is typed. */
const FAR = 4;
const NOT_FOUND = 4 * FAR;

function rankOf(exercise: Exercise, wanted: Searched): number {
  const { name, aliases, muscles } = searchedIn(exercise);
  // In the language on screen, so it is not kept with the exercise.
  const category = searched(categoryWords(exercise.category));
  const ranks = [[name], aliases, muscles, [category]].map((texts) =>
    Math.min(...texts.map((text) => closeness(text, wanted)), FAR),
  );
  const kind = ranks.findIndex((rank) => rank < FAR);
  return kind < 0 ? NOT_FOUND : kind * FAR + (ranks[kind] ?? 0);
}

/** How closely a text has every word of what is wanted; 0 is the text itself. */
function closeness({ text, words }: Searched, wanted: Searched): number {
  if (text === wanted.text) return 0;
  if (text.startsWith(wanted.text)) return 1;
  if (wanted.words.every((word) => words.some((one) => one.startsWith(word)))) return 2;
  return wanted.words.every((word) => text.includes(word)) ? 3 : FAR;
}

function searched(text: string): Searched {
  const words = folded(text)
    .replace(/['’]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return { text: words.join(' '), words };
}

const known = new WeakMap<Exercise, SearchedExercise>();

/** What an exercise is found by, worked out once for each version of it. */
function searchedIn(exercise: Exercise): SearchedExercise {
  const before = known.get(exercise);
  if (before) return before;
  const { name, aliases, muscles } = exercise;
  const now = {
    name: searched(name),
    aliases: aliases.map(searched),
    muscles: muscles.map(searched),
  };
  known.set(exercise, now);
  return now;
}
