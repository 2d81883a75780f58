/** A video, or its poster, as an address for an element: read from the core, and given back when it is done with. */
import { asFailure, type Bridge, type Failure, type Video, type VideoPart } from '../bridge/bridge';
import { browserPlayback } from './browser-playback';

export class VideoBytes {
  /** Where an element finds it; `null` until it was read. */
  address = $state<string | null>(null);
  /** Why it could not be read. */
  failure = $state.raw<Failure | null>(null);
  #isReading = false;
  #isDone = false;

  constructor(
    readonly bridge: Bridge,
    readonly video: Video,
    readonly part: VideoPart,
  ) {}

  /** Reads it, unless it was read, or is being read. After a failure it is tried again. */
  async read(): Promise<void> {
    if (this.#isReading || this.address !== null || this.#isDone) return;
    this.#isReading = true;
    this.failure = null;
    try {
      const bytes = await this.bridge.readVideo(this.video.id, this.part);
      if (this.#isDone) return;
      const type = this.part === 'poster' ? 'image/jpeg' : this.video.media_type;
      this.address = browserPlayback.address(bytes, type);
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.#isReading = false;
    }
  }

  /** No element shows it any more. */
  done(): void {
    this.#isDone = true;
    if (this.address !== null) browserPlayback.giveBack(this.address);
    this.address = null;
  }
}
