/** Scenes of invitations: opened by a link, typed, refused, on a kiosk. */
import type { InvitationPreview } from '../src/bridge/bridge';
import { TRAINER, view } from './fixtures';
import { kiosk, LOBBY } from './kiosk-scenes';
import type { Scene } from './scenes';
import { failure, type Answers } from './scripted';

const CODE = '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV';

const preview: InvitationPreview = {
  purpose: 'invite',
  name: 'Maximiliane von Hohenstein-Wittelsbach',
  email: 'maximiliane.von.hohenstein@studio-nord.example',
  studio: { name: 'Studio Nord' },
  locale: 'de',
  expires_at: '2026-12-07T10:00:00Z',
};

const opened = (more: Answers = {}, server = 'https://training.example'): Answers => {
  let isTaken = false;
  return {
    opened_link: () => {
      if (isTaken) return null;
      isTaken = true;
      return { kind: 'invitation', code: CODE, server };
    },
    look_at_invitation: () => preview,
    ...more,
  };
};

const inLobby: Pick<Scene, 'view' | 'then'> = {
  view: () => view(null, [], { profile: LOBBY }),
  then: (bridge) => {
    bridge.emit({ type: 'kiosk', kiosk: kiosk() });
  },
};

export const CLAIM_SCENES: Record<string, Scene> = {
  claim: { view: () => view(null), answers: opened() },
  'claim-reset': {
    view: () => view(null),
    answers: opened({ look_at_invitation: () => ({ ...preview, purpose: 'reset', name: 'Jonas Brandt' }) }),
  },
  'claim-code': { view: () => view(null), clicks: ['have-invitation', 'read-code'] },
  'claim-loading': {
    view: () => view(null),
    answers: opened({ look_at_invitation: () => new Promise(() => undefined) }),
  },
  'claim-ended': {
    view: () => view(null),
    answers: opened({ look_at_invitation: () => Promise.reject(failure('not-found')) }),
  },
  'claim-offline': {
    view: () => view(null),
    answers: opened({ look_at_invitation: () => Promise.reject(failure('unreachable')) }),
  },
  'claim-signed-in': { view: () => view(TRAINER), answers: opened() },
  'claim-kiosk': { ...inLobby, answers: opened() },
  'claim-kiosk-elsewhere': { ...inLobby, answers: opened({}, 'https://other.example') },
};
