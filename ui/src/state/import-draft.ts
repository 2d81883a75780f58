/** The files that were read and are neither committed nor discarded, by athlete, with what was assigned in them. */
import type { ExerciseId, ImportId, StagedFileId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { Drafts } from './drafts';

/** What was chosen for the names of a file, where it isn't what the server found; `null` for a new exercise. */
export type Chosen = Readonly<Record<string, ExerciseId | null>>;

export interface ImportDraft {
  id: ImportId;
  /** The file's name. */
  name: string;
  /** The file as the core had it. */
  file: StagedFileId | null;
  chosen: Chosen;
  /** Whether it is being committed, as far as is known here. */
  committing: boolean;
}

export function importDrafts(app: App): Drafts<ImportDraft> {
  return new Drafts(app, 'import', asDraft);
}

function asDraft(stored: unknown): ImportDraft | undefined {
  const it = stored as Partial<ImportDraft> | null;
  const isWhole = typeof it?.id === 'string' && typeof it.name === 'string' && typeof it.chosen === 'object';
  return isWhole ? { committing: false, ...(it as Omit<ImportDraft, 'committing'>) } : undefined;
}
