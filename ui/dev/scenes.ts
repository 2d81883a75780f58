/** Scenes of everyone and of the athlete. */
import type { View } from '../src/bridge/bridge';
import { ATHLETE, cause, item, LIBRARY, round, session, view } from './cast';
import { failure, type Answers, type ScriptedBridge } from './scripted';

export interface Scene {
  /** What the core answers to `view`; none: it never answers, as while it starts. */
  view?: () => View;
  answers?: Answers;
  /** What lies in this device's storage, by key without prefix. */
  kept?: Record<string, unknown>;
  /** What the core tells afterwards. */
  then?: (bridge: ScriptedBridge) => void;
  /** What the person does afterwards. */
  act?: () => void;
}

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

export const SCENES: Record<string, Scene> = {
  starting: { answers: { view: () => new Promise<null>(() => undefined) } },
  'startup-failure': {
    answers: {
      view: () => Promise.reject(failure('data-directory', { detail: '/home/jonas/.local/share/ringside' })),
    },
  },
  'sign-in': { view: () => view(null) },
  start: { view: () => view(ATHLETE) },
  round: {
    view: () =>
      view(ATHLETE, [
        session('active', [
          round(1, 'active', [
            item('i-1', bench, { weight_kg: 80, reps: 8 }),
            item('i-2', squat, { weight_kg: 100, reps: 5 }),
          ]),
        ]),
      ]),
    then: (bridge) => {
      bridge.say({ type: 'link', link: { state: 'live', waiting: 0, reason: null }, clock_offset_ms: 0 });
      void cause;
    },
  },
};
