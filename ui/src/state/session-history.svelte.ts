/** What is open of an athlete's past: the list, one of its sessions, or one that is entered afterwards. */
import type { SessionId, UserId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { FilterExercises } from './filter-exercises.svelte';
import { PastSessions } from './past-sessions.svelte';
import { recordDrafts } from './record-form.svelte';

export class SessionHistory {
  readonly list: PastSessions;
  readonly exercises: FilterExercises;
  opened = $state<SessionId | null>(null);
  isRecording = $state(false);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.list = new PastSessions(app, athlete);
    this.exercises = new FilterExercises(app, athlete);
  }

  /** Whether something is in front of the list. */
  readonly isAway = $derived.by(() => this.opened !== null || this.isRecording);
  /** Whether a session is half entered. */
  readonly isRecordUnsaved = $derived.by(() => recordDrafts(this.app).get(this.athlete) !== undefined);

  open(id: SessionId): void {
    this.isRecording = false;
    this.opened = id;
  }

  record(): void {
    this.opened = null;
    this.isRecording = true;
  }

  close(): void {
    this.opened = null;
    this.isRecording = false;
  }
}
