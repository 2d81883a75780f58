/** Scenes of a studio machine: nobody in front, PINs, somebody new, the studio's own page. */
import type { Machine, PersonHere, StudioScreen } from '../src/bridge/bridge';
import { ATHLETE, view } from './cast';
import { failure, type Answers, type ScriptedBridge } from './scripted';
import type { Scene } from './scenes';

const HOUSE = 'studio-machine';
const LONG = 'Maximiliane von Hohenstein-Wittelsbach';

export function here(name: string, more: Partial<PersonHere> = {}): PersonHere {
  const id = name.toLowerCase().replace(/\W/g, '');
  const keeps_something = (more.waiting ?? 0) > 0;
  return { profile: `person-${id}`, name, waiting: 0, keeps_something, trains: false, ...more };
}

export const PEOPLE = [
  here('Alva Lindqvist', { waiting: 2 }),
  here('Jonas Brandt'),
  here(LONG, { trains: true }),
  here('Tariq Haddad', { keeps_something: true }),
  here('Yuki Tanaka'),
];

export function studio(more: Partial<StudioScreen> = {}): StudioScreen {
  return { people: PEOPLE, in_front: null, is_staff: false, fills_screen: true, ...more };
}

export const MACHINE: Machine = { starts_with_system: true, may_become_studio: true };

const house = () => view(null, [], { profile: HOUSE });
const shows = (more: Partial<StudioScreen> = {}) => ({
  view: house,
  then: (bridge: ScriptedBridge) => {
    bridge.say({ type: 'studio', studio: studio(more) });
  },
});
const lock = { lock: () => null };
/** The studio's own page, with the first of `people` where a click finds them. */
const staff = (people: PersonHere[], answers: Answers = {}): Scene => ({
  ...shows({ is_staff: true, people }),
  answers: { machine: () => MACHINE, ...answers },
});

export const STUDIO_SCENES: Record<string, Scene> = {
  'studio-pick': shows(),
  'studio-pick-empty': shows({ people: [] }),
  'studio-pin': { ...shows(), clicks: ['person', 'digit-4', 'digit-7'] },
  'studio-pin-wrong': {
    ...shows(),
    answers: { pick: () => Promise.reject(failure('wrong-pin')) },
    clicks: ['person', 'digit-1', 'digit-2', 'digit-3', 'digit-4'],
  },
  'studio-pin-too-many': {
    ...shows(),
    answers: { pick: () => Promise.reject(failure('too-many-pins', { retry_after_s: 480 })) },
    clicks: ['person', 'digit-1', 'digit-2', 'digit-3', 'digit-4'],
  },
  'studio-admit': { ...shows({ people: [] }), clicks: ['new-here'] },
  'studio-admit-missing': { ...shows(), answers: lock, clicks: ['new-here', 'submit-admit'] },
  'studio-admit-ended': {
    view: () => view(null, [], { profile: 'person-jonasbrandt', signed_out: 'by_server' }),
    then: (bridge) => {
      bridge.say({ type: 'studio', studio: studio({ in_front: 'person-jonasbrandt' }) });
    },
  },
  'studio-staff-pin': {
    ...shows(),
    clicks: ['staff', 'digit-2', 'digit-4', 'digit-6', 'digit-8', 'digit-1'],
  },
  'studio-staff': staff(PEOPLE),
  'studio-staff-empty': staff([]),
  'studio-staff-server': { ...staff([]), clicks: ['open-server-choice'] },
  'studio-staff-removing': { ...staff([here('Jonas Brandt')]), clicks: ['remove'] },
  'studio-staff-removing-much': {
    ...staff([here(LONG, { trains: true, waiting: 2 }), ...PEOPLE.slice(3)]),
    clicks: ['remove'],
  },
  'studio-staff-removing-refused': {
    ...staff([here('Jonas Brandt')], { remove_person: () => Promise.reject(failure('in-session')) }),
    clicks: ['remove', 'confirm-remove'],
  },
  'studio-staff-ending': { ...staff(PEOPLE.slice(3)), clicks: ['end-studio'] },
  'studio-staff-ending-much': { ...staff(PEOPLE), clicks: ['end-studio'] },
  'studio-in-front': {
    view: () => view(ATHLETE, [], { profile: 'person-jonasbrandt' }),
    then: (bridge) => {
      bridge.say({ type: 'studio', studio: studio({ in_front: 'person-jonasbrandt' }) });
    },
  },
  'settings-machine': {
    view: () => view(ATHLETE),
    answers: { machine: () => MACHINE },
    clicks: ['open-settings', 'open-become-studio', 'submit-studio'],
  },
};
