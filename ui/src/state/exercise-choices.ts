/** The exercises with which a session can be entered afterwards: the studio's for a trainer; for an athlete those of the sessions known here. */
import type { UserId } from '../bridge/bridge';
import { byName } from '../words/names';
import type { App } from './app.svelte';
import type { Choice } from './record-form.svelte';

export function exerciseChoices(app: App, athlete: UserId): Choice[] {
  const offered = app.exercises.filter(({ archived }) => !archived);
  if (offered.length > 0) return byName<Choice>(offered);
  const done = app.sessions
    .filter((session) => session.athlete.id === athlete)
    .flatMap(({ rounds }) => rounds.flatMap(({ exercises }) => exercises))
    .map(({ exercise_id, name, fields }): [string, Choice] => [
      exercise_id,
      { id: exercise_id, name, fields },
    ]);
  return byName([...new Map(done).values()]);
}
