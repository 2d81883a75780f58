/** What is open of an athlete's past: the list, one of its sessions, one that is entered afterwards, or a file of another tracker. */
import type { SessionId, UserId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { PastExercises } from './past-exercises.svelte';
import { importDrafts } from './import-draft';
import { PastSessions } from './past-sessions.svelte';
import { recordDrafts } from './record-form.svelte';

export class SessionHistory {
  readonly list: PastSessions;
  readonly exercises: PastExercises;
  opened = $state<SessionId | null>(null);
  isRecording = $state(false);
  isImporting = $state(false);
  /** How often something was imported or taken back here. */
  imports = $state(0);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.list = new PastSessions(app, athlete);
    this.exercises = new PastExercises(app, athlete);
  }

  /** Whether something is in front of the list. */
  readonly isAway = $derived.by(() => this.opened !== null || this.isRecording || this.isImporting);
  /** Whether a session is half entered. */
  readonly isRecordUnsaved = $derived.by(() => recordDrafts(this.app).get(this.athlete) !== undefined);
  /** Whether a file was read that is not imported yet. */
  readonly isImportUnsaved = $derived.by(() => importDrafts(this.app).get(this.athlete) !== undefined);
  /** Whether that is what the server is doing. */
  readonly isImportRunning = $derived.by(() => importDrafts(this.app).get(this.athlete)?.committing === true);

  open(id: SessionId): void {
    this.close();
    this.opened = id;
  }

  record(): void {
    this.close();
    this.isRecording = true;
  }

  /** A file of another tracker. */
  importFile(): void {
    this.close();
    this.isImporting = true;
  }

  /** Something was imported or taken back. */
  noteImport(): void {
    this.imports += 1;
    void this.list.refresh();
  }

  close(): void {
    this.opened = null;
    this.isRecording = false;
    this.isImporting = false;
  }
}
