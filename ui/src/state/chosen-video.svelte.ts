/**
 * A video that somebody chose for an exercise, until the core has it: looked at first, so that what is wrong is said
 * before anything is sent, then handed over piece by piece. From then on it is the core's, and survives the window.
 */
import {
  asFailure,
  type Exercise,
  type ExerciseId,
  type Failure,
  type StagedFileId,
  type Video,
} from '../bridge/bridge';
import { browserVideoFile } from './browser-video-file';
import type { CoreState } from './core-state.svelte';
import { bytesOf, handOver } from './file-pieces';
import { type FileProblem, HEAD_BYTES, lengthProblem, sizeProblem, videoType } from './video-rules';

/** `unseen`: this system can't show it; whether it is a video the server will say, if they want to send it. */
export type ChosenStep = 'looking' | 'unseen' | 'copying' | 'failed';

/** Where the chosen videos are kept, by exercise: beside the views, which come and go. */
export type ChosenVideos = Map<ExerciseId, ChosenVideo>;

export class ChosenVideo {
  step = $state<ChosenStep>('looking');
  /** What the window found wrong with the file. */
  problem = $state<FileProblem | null>(null);
  /** Why the core did not take it. */
  failure = $state.raw<Failure | null>(null);
  size_bytes = $state(0);
  copied_bytes = $state(0);
  #type = '';
  #isCancelled = false;
  readonly #staged: StagedFileId[] = [];

  private constructor(
    readonly core: CoreState,
    readonly chosen: ChosenVideos,
    readonly exercise: ExerciseId,
    readonly name: string,
    /** The file. That of a video the exercise had is read first. */
    private readonly file: () => Promise<Blob>,
    /** The picture of such a video; it is not looked at again. */
    private readonly poster?: () => Promise<Blob | null>,
  ) {
    chosen.get(exercise)?.cancel();
    chosen.set(exercise, this);
  }

  /** Begins with the files that were chosen or dropped; only one can be the video of an exercise. */
  static choose(
    core: CoreState,
    chosen: ChosenVideos,
    exercise: Exercise,
    files: readonly File[],
  ): ChosenVideo | null {
    const [file, ...others] = files;
    if (!file) return null;
    const it = new ChosenVideo(core, chosen, exercise.id, file.name, () => Promise.resolve(file));
    if (others.length > 0) it.#refuse('several');
    else void it.start();
    return it;
  }

  /** Gives an exercise a video again that it had. The server still has its bytes, so nothing is sent twice. */
  static bringBack(core: CoreState, chosen: ChosenVideos, exercise: Exercise, video: Video): ChosenVideo {
    const part = async (part: 'video' | 'poster', type: string) =>
      new Blob([await core.bridge.readVideo(video.id, part)], { type });
    const it = new ChosenVideo(
      core,
      chosen,
      exercise.id,
      exercise.name,
      () => part('video', video.media_type),
      () => (video.has_poster ? part('poster', 'image/jpeg').catch(() => null) : Promise.resolve(null)),
    );
    it.#type = video.media_type;
    void it.start();
    return it;
  }

  /** From the beginning, also after a failure. */
  async start(): Promise<void> {
    this.step = 'looking';
    this.failure = null;
    await this.#attempt(async () => {
      const file = await this.file();
      this.size_bytes = file.size;
      if (this.poster) await this.#copy(file, await this.poster());
      else await this.#look(file);
    });
  }

  /** Hands over a file that this system can't show. */
  async sendUnseen(): Promise<void> {
    if (this.step === 'unseen') await this.#attempt(async () => this.#copy(await this.file(), null));
  }

  /** Ends it, whatever it is doing. What the core has of it goes. */
  cancel(): void {
    this.#isCancelled = true;
    this.#leave();
    this.#discard();
  }

  async #look(file: Blob): Promise<void> {
    const tooMuch = sizeProblem(file.size);
    if (tooMuch) {
      this.#refuse(tooMuch);
      return;
    }
    const head = await bytesOf(file, 0, HEAD_BYTES);
    if (this.#isCancelled) return;
    const type = head && videoType(head);
    if (!type) {
      this.#refuse(head ? 'not-a-video' : 'unreadable');
      return;
    }
    this.#type = type;
    const preview = await browserVideoFile.preview(file).catch(() => null);
    if (this.#isCancelled) return;
    const tooLong = preview && lengthProblem(preview.duration_s);
    if (!preview) this.step = 'unseen';
    else if (tooLong) this.#refuse(tooLong);
    else await this.#copy(file, preview.poster);
  }

  /** Hands over the video and its poster, and says whose they are. */
  async #copy(file: Blob, poster: Blob | null): Promise<void> {
    if (this.#isCancelled) return;
    this.step = 'copying';
    this.copied_bytes = 0;
    const video = await this.#stage(file, (bytes) => (this.copied_bytes = bytes));
    if (video === null || this.#isCancelled) return;
    const picture = poster && (await this.#stage(poster));
    if (this.#isCancelled || (poster && !picture)) return;
    await this.core.call('set_exercise_video', {
      exercise_id: this.exercise,
      name: this.name,
      media_type: this.#type,
      video,
      poster: picture,
    });
    this.#staged.length = 0;
    this.#leave();
  }

  /** Hands a file over; `null` if it can't be read. */
  async #stage(file: Blob, tell: (bytes: number) => void = () => undefined): Promise<StagedFileId | null> {
    const { id } = await this.core.call('stage_file', { size_bytes: file.size });
    this.#staged.push(id);
    const isRead = await handOver(this.core, id, file, (bytes) => {
      tell(bytes);
      return !this.#isCancelled;
    });
    if (!isRead) this.#refuse('unreadable');
    // Also what was made room for after they had cancelled.
    if (!isRead || this.#isCancelled) this.#discard();
    return isRead ? id : null;
  }

  async #attempt(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (thrown) {
      this.failure = asFailure(thrown);
      this.step = 'failed';
      this.#discard();
    }
  }

  #refuse(problem: FileProblem): void {
    this.problem = problem;
    this.step = 'failed';
  }

  #leave(): void {
    if (this.chosen.get(this.exercise) === this) this.chosen.delete(this.exercise);
  }

  /** What can't be discarded the core discards when it starts the next time. */
  #discard(): void {
    for (const file of this.#staged.splice(0))
      this.core.call('discard_file', { file }).catch(() => undefined);
  }
}
