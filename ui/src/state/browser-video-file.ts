/**
 * What only a browser can do with a video file: decode it, and draw a picture of it. Tests have a fake in its place,
 * since jsdom has neither videos nor a canvas.
 */
import { fitPoster } from './video-rules';

/** What the window sees of a video. */
export interface Preview {
  /** How long it is, in seconds; infinite where the file does not say. */
  duration_s: number;
  /** A picture of it; `null` if none could be drawn. */
  poster: Blob | null;
}

/** How long the window tries to show a file. Some systems say nothing about what they can't decode. */
const PATIENCE_MS = 15_000;
/** Where in the video the poster is taken from: the very beginning is often black. */
const POSTER_AT = 0.1;

export const browserVideoFile = {
  /** Looks at a file; `null` if this system can't show it. */
  async preview(file: Blob): Promise<Preview | null> {
    const video = document.createElement('video');
    const url = URL.createObjectURL(file);
    try {
      video.muted = true;
      video.playsInline = true;
      video.preload = 'auto';
      const ready = happened(video, 'loadeddata');
      video.src = url;
      if (!(await ready) || video.videoWidth === 0 || video.videoHeight === 0) return null;
      return { duration_s: video.duration, poster: await posterOf(video) };
    } finally {
      video.removeAttribute('src');
      video.load();
      URL.revokeObjectURL(url);
    }
  },
};

async function posterOf(video: HTMLVideoElement): Promise<Blob | null> {
  if (Number.isFinite(video.duration) && video.duration > 0) {
    const arrived = happened(video, 'seeked');
    video.currentTime = video.duration * POSTER_AT;
    // Without having arrived, the first picture is still better than none.
    await arrived;
  }
  return fitPoster(video.videoWidth, (width, quality) => draw(video, width, quality));
}

function draw(video: HTMLVideoElement, width: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = Math.max(1, Math.round((width * video.videoHeight) / video.videoWidth));
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', quality);
  });
}

/** Whether an event of a video happened, and not an error, or nothing for a long time. */
function happened(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, PATIENCE_MS);
    const end = (outcome: boolean) => () => {
      clearTimeout(timer);
      resolve(outcome);
    };
    video.addEventListener(event, end(true), { once: true });
    video.addEventListener('error', end(false), { once: true });
  });
}
