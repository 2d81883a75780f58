/** An exercise of the library that is given a video, for tests. */
import type { Exercise, StagedFileId, VideoUpload, View } from '../src/bridge/bridge';
import { TRAINER, view } from '../dev/fixtures';
import { drop } from '../dev/drop';
import { FULL } from '../dev/library-scenes';
import { type Answers, type ByteAnswers } from '../dev/scripted';
import { VIDEO } from '../dev/video-scenes';
import * as windows from './window';
import type { Window } from './window';

export const [bench] = FULL as [Exercise];

export const filmed: Exercise = { ...bench, video: VIDEO };

export const MP4_HEAD = [0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x69, 0x73, 0x6f, 0x6d];

export const POSTER = new Blob([new Uint8Array(900)], { type: 'image/jpeg' });

/** Reading a file and handing it over are many steps. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await windows.settle();
    // A file is read outside of all promises.
    await new Promise((go) => setTimeout(go));
  }
}

/** A file of so many bytes; `size` is said of it without there being so many. */
export function file(bytes: number, { head = MP4_HEAD, name = 'Bank.mp4', size = bytes } = {}): File {
  const content = new Uint8Array(bytes);
  content.set(head.slice(0, bytes));
  const made = new File([content], name);
  return size === bytes ? made : Object.defineProperty(made, 'size', { value: size });
}

export interface Core {
  window: Window;
  /** What was handed over, by file. */
  staged: Map<StagedFileId, number>;
}

/** The library with an exercise open. */
export async function library(
  exercise: Exercise,
  {
    answers = {},
    bytes = {},
    more = {},
  }: { answers?: Answers; bytes?: ByteAnswers; more?: Partial<View> } = {},
): Promise<Core> {
  const staged = new Map<StagedFileId, number>();
  localStorage.setItem('ringside.u-mira.library', JSON.stringify({ search: '', open: exercise.id }));
  const window = await windows.open(
    view(TRAINER, [], { exercises: [exercise, ...FULL.slice(1)], ...more }),
    {
      stage_file: () => ({ id: `f-${String(staged.size + 1)}` }),
      discard_file: () => null,
      set_exercise_video: () => null,
      cancel_video_upload: () => null,
      remove_exercise_video: () => null,
      ...answers,
    },
    {
      readVideo: () => new ArrayBuffer(8),
      putFile: (id, at, piece) => {
        staged.set(id, at + piece.length);
        return at + piece.length;
      },
      ...bytes,
    },
  );
  await window.click('open-library');
  await settle();
  return { window, staged };
}

export async function dropped(window: Window, ...files: File[]): Promise<void> {
  drop(window.find('exercise-video'), files);
  await settle();
}

export async function click(window: Window, testid: string): Promise<void> {
  await window.click(testid);
  await settle();
}

export const problem = (window: Window) => window.find('video-failure');

export const upload = (more: Partial<VideoUpload> = {}): VideoUpload => ({
  exercise_id: bench.id,
  name: 'Bank.mp4',
  size_bytes: 48_000_000,
  sent_bytes: 12_000_000,
  state: 'sending',
  problem: null,
  ...more,
});
