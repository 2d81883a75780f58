/** Reports that a video was refused, once, to whoever does not have its exercise open: that shows it by itself. */
import type { Exercise, ExerciseId, VideoUpload } from '../bridge/bridge';
import type { Announcements } from './announcements.svelte';

export class UploadNotices {
  /** The exercise whose uploads are on screen. */
  shown: ExerciseId | null = null;

  constructor(readonly announcements: Announcements) {}

  announce(before: readonly VideoUpload[], now: readonly VideoUpload[], library: readonly Exercise[]): void {
    for (const upload of now) {
      const was = before.find((one) => one.exercise_id === upload.exercise_id);
      const isNews = upload.state === 'refused' && was?.state !== 'refused';
      if (isNews && upload.exercise_id !== this.shown) void this.#report(upload, library);
    }
  }

  async #report({ exercise_id, name }: VideoUpload, library: readonly Exercise[]): Promise<void> {
    const exercise = library.find(({ id }) => id === exercise_id);
    const { refusedUploadWords } = await import('../words/videos');
    this.announcements.show(() => refusedUploadWords(exercise?.name ?? name), 'loss');
  }
}
