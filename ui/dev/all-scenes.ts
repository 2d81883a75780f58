/** Every scene there is, by name: for looking at them, and for what holds for each of them. */
import { CLAIM_SCENES } from './claim-scenes';
import { HISTORY_SCENES } from './history-scenes';
import { IMPORT_SCENES } from './import-scenes';
import { KIOSK_SCENES } from './kiosk-scenes';
import { LIBRARY_SCENES } from './library-scenes';
import { PROGRESS_SCENES } from './progress-scenes';
import { SCENES, type Scene } from './scenes';
import { STUDIO_SCENES } from './studio-scenes';
import { TOUCH_SCENES } from './touch-scenes';
import { TRAINER_SCENES } from './trainer-scenes';
import { TYPED_SCENES } from './typed-scenes';
import { VIDEO_SCENES } from './video-scenes';
import { WEIGHT_SCENES } from './weight-scenes';

export const ALL_SCENES: Record<string, Scene> = {
  ...SCENES,
  ...CLAIM_SCENES,
  ...KIOSK_SCENES,
  ...STUDIO_SCENES,
  ...TRAINER_SCENES,
  ...LIBRARY_SCENES,
  ...TYPED_SCENES,
  ...HISTORY_SCENES,
  ...IMPORT_SCENES,
  ...PROGRESS_SCENES,
  ...VIDEO_SCENES,
  ...WEIGHT_SCENES,
  ...TOUCH_SCENES,
};
