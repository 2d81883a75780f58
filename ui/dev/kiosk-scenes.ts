/** Scenes of the kiosk: the lobby, PINs, a new member, the staff page. */
import type { KioskMember, KioskView, Machine } from '../src/bridge/bridge';
import { ATHLETE, TRAINER, view } from './fixtures';
import { failure, type Answers, type ScriptedBridge } from './scripted';
import type { Scene } from './scenes';

/** The profile of the lobby, which keeps its stored name. */
export const LOBBY = 'studio-machine';
const LONG = 'Maximiliane von Hohenstein-Wittelsbach';

export function member(name: string, more: Partial<KioskMember> = {}): KioskMember {
  const id = name.toLowerCase().replace(/\W/g, '');
  const may_have_unsynced = (more.waiting ?? 0) > 0;
  return {
    profile: `person-${id}`,
    user: `u-${id}`,
    name,
    waiting: 0,
    may_have_unsynced,
    is_training: false,
    ...more,
  };
}

export const MEMBERS = [
  member('Alva Lindqvist', { waiting: 2 }),
  member('Jonas Brandt'),
  member(LONG, { is_training: true }),
  member('Tariq Haddad', { may_have_unsynced: true }),
  member('Yuki Tanaka'),
];

export function kiosk(more: Partial<KioskView> = {}): KioskView {
  return {
    members: MEMBERS,
    foreground: null,
    is_staff: false,
    fills_screen: true,
    keyring: 'available',
    ...more,
  };
}

export const MACHINE: Machine = { starts_with_system: true, may_become_kiosk: true };

const lobby = () => view(null, [], { profile: LOBBY });
const shows = (more: Partial<KioskView> = {}) => ({
  view: lobby,
  then: (bridge: ScriptedBridge) => {
    bridge.emit({ type: 'kiosk', kiosk: kiosk(more) });
  },
});
const lock = { lock: () => null };
/** The staff page, with the first of `members` where a click finds them. */
const staff = (members: KioskMember[], answers: Answers = {}): Scene => ({
  ...shows({ is_staff: true, members }),
  answers: { machine: () => MACHINE, ...answers },
});

export const KIOSK_SCENES: Record<string, Scene> = {
  'kiosk-pick': shows(),
  'kiosk-pick-empty': shows({ members: [] }),
  'kiosk-pin': { ...shows(), clicks: ['member', 'digit-4', 'digit-7'] },
  'kiosk-pin-wrong': {
    ...shows(),
    answers: { pick: () => Promise.reject(failure('wrong-pin')) },
    clicks: ['member', 'digit-1', 'digit-2', 'digit-3', 'digit-4'],
  },
  'kiosk-pin-too-many': {
    ...shows(),
    answers: { pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 480 })) },
    clicks: ['member', 'digit-1', 'digit-2', 'digit-3', 'digit-4'],
  },
  'kiosk-admit': { ...shows({ members: [] }), clicks: ['new-here'] },
  'kiosk-admit-missing': { ...shows(), answers: lock, clicks: ['new-here', 'submit-admit'] },
  'kiosk-admit-ended': {
    view: () => view(null, [], { profile: 'person-jonasbrandt', signed_out: 'by_server' }),
    then: (bridge) => {
      bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: 'person-jonasbrandt' }) });
    },
  },
  'kiosk-staff-pin': {
    ...shows(),
    clicks: ['staff', 'digit-2', 'digit-4', 'digit-6', 'digit-8', 'digit-1'],
  },
  'kiosk-staff': staff(MEMBERS),
  'kiosk-staff-empty': staff([]),
  'kiosk-staff-keyring-locked': {
    ...shows({ is_staff: true, keyring: 'locked' }),
    answers: { machine: () => MACHINE },
  },
  'kiosk-staff-server': { ...staff([]), clicks: ['open-server-choice'] },
  'kiosk-staff-removing': { ...staff([member('Jonas Brandt')]), clicks: ['remove'] },
  'kiosk-staff-removing-much': {
    ...staff([member(LONG, { is_training: true, waiting: 2 }), ...MEMBERS.slice(3)]),
    clicks: ['remove'],
  },
  'kiosk-staff-removing-refused': {
    ...staff([member('Jonas Brandt')], { remove_member: () => Promise.reject(failure('in-session')) }),
    clicks: ['remove', 'confirm-remove'],
  },
  'kiosk-staff-ending': { ...staff(MEMBERS.slice(3)), clicks: ['end-kiosk'] },
  'kiosk-staff-ending-much': { ...staff(MEMBERS), clicks: ['end-kiosk'] },
  'kiosk-in-front': {
    view: () => view(ATHLETE, [], { profile: 'person-jonasbrandt' }),
    then: (bridge) => {
      bridge.emit({ type: 'kiosk', kiosk: kiosk({ foreground: 'person-jonasbrandt' }) });
    },
  },
  'settings-machine': {
    view: () => view(TRAINER),
    answers: { machine: () => MACHINE },
    clicks: ['open-settings', 'open-become-kiosk', 'submit-kiosk'],
  },
  'settings-machine-athlete': {
    view: () => view(ATHLETE),
    answers: { machine: () => MACHINE },
    clicks: ['open-settings', 'open-become-kiosk'],
  },
};
