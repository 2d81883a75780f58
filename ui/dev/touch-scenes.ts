/** Scenes of the on-screen keyboard: each kind of field, touched as on a screen without another keyboard. */
import { KIOSK_SCENES } from './kiosk-scenes';
import { SCENES, type Scene } from './scenes';
import { TRAINER_SCENES } from './trainer-scenes';

/** A scene, and what a finger does in it. */
function touched(scene: Scene | undefined, touches: string, more: Partial<Scene> = {}): Scene {
  return { ...scene, touches, ...more };
}

export const TOUCH_SCENES: Record<string, Scene> = {
  'touch-email': touched(SCENES['sign-in'], 'email', { keys: ['key-m', 'key-i', 'key-@'] }),
  'touch-password': touched(SCENES['sign-in'], 'password', { keys: ['key-shift', 'key-s'] }),
  'touch-symbols': touched(SCENES['sign-in'], 'password', { keys: ['key-symbols'] }),
  'touch-more-symbols': touched(SCENES['sign-in'], 'password', { keys: ['key-symbols', 'key-more-symbols'] }),
  'touch-others': touched(SCENES['sign-in'], 'password', { holds: 'key-o' }),
  'touch-server': touched(SCENES['sign-in'], 'server-url', { clicks: ['open-server-choice'] }),
  'touch-kiosk-email': touched(KIOSK_SCENES['kiosk-admit'], 'email'),
  'touch-kiosk-pin': touched(KIOSK_SCENES['kiosk-admit'], 'repeat-pin', { keys: ['key-4'] }),
  'touch-kiosk-missing': touched(KIOSK_SCENES['kiosk-admit-missing'], 'password'),
  'touch-note': touched(SCENES['feedback'], 'note', { keys: ['key-k', 'key-n', 'key-i', 'key-e'] }),
  'touch-value': touched(SCENES['round'], 'actual-weight_kg'),
  'touch-dialog': touched(SCENES['between'], 'cancel-reason', { clicks: ['cancel-session'] }),
  'touch-planner': touched(TRAINER_SCENES['trainer-joined'], 'exercise-search', { clicks: ['new-round'] }),
};
