/** The bounds of a video, as its messages take them. Apart, as failures are said where nothing else is known of videos. */
import { LIMITS } from '../bridge/generated';
import { numberWords } from './numbers';

export function videoLimits(): { megabytes: string; minutes: string } {
  return {
    megabytes: numberWords(LIMITS.video_bytes / 1_000_000),
    minutes: numberWords(LIMITS.video_s / 60),
  };
}
