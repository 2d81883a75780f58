/** The video of the exercise that is open in the library: what it has, what is on its way, and what can be done. */
import type { Exercise, Video } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { ChosenVideo } from './chosen-video.svelte';

/** How finely progress is announced: aloud, every percent would be noise. */
const QUARTER = 25;

export class ExerciseVideo {
  constructor(
    readonly app: App,
    readonly exercise: () => Exercise,
  ) {}

  readonly chosen = $derived.by(() => this.app.chosenVideos.get(this.exercise().id));
  readonly upload = $derived.by(() =>
    // What was chosen since takes its place.
    this.chosen ? undefined : this.app.uploads.find(({ exercise_id }) => exercise_id === this.exercise().id),
  );
  /** How many percent the server has, in quarters; `null` while nothing is sent. */
  readonly quarters = $derived.by(() => {
    if (this.upload?.state !== 'sending') return null;
    const { sent_bytes, size_bytes } = this.upload;
    return Math.floor((100 * sent_bytes) / Math.max(1, size_bytes) / QUARTER) * QUARTER;
  });
  readonly isOnline = $derived.by(
    () => this.app.link?.state === 'live' || this.app.link?.state === 'polling',
  );

  choose(files: readonly File[]): void {
    this.cancel.dismiss();
    this.remove.dismiss();
    ChosenVideo.choose(this.app, this.app.chosenVideos, this.exercise(), files);
  }

  readonly cancel = new Action(async () => {
    if (this.chosen) this.chosen.cancel();
    else await this.app.call('cancel_video_upload', { exercise_id: this.exercise().id });
  });

  readonly remove = new Action(async (exercise: Exercise, video: Video) => {
    await this.app.call('remove_exercise_video', { exercise_id: exercise.id });
    this.app.announcements.offerUndo(m.video_removed, () => {
      ChosenVideo.bringBack(this.app, this.app.chosenVideos, exercise, video);
    });
  });

  /** Tells that a video that was on its way is there. */
  announceArrival(): void {
    this.app.announcements.speak(m.video_here({ name: isolated(this.exercise().name) }));
  }
}
