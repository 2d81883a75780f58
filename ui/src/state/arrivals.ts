/**
 * What an arrival sounds and reads like. Decided here and not in a view: whoever has both parts learns of both, whichever
 * of them is on screen. What glows and flashes where it arrived is up to the views.
 */
import type { Part, Round } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { Known } from '../words/known';
import { bestLineWords } from '../words/bests';
import { isolated } from '../words/names';
import type { Announcements } from './announcements.svelte';
import type { Arrival, CoreState } from './core-state.svelte';
import type { Desktop } from './desktop.svelte';
import { newBests } from './new-bests';
import type { Places } from './places.svelte';
import { isOpen } from './session';
import type { Settings } from './settings.svelte';
import type { Sounds } from './sound';

/** What announces it, and what the person has set. */
interface Outputs {
  announcements: Announcements;
  sounds: Sounds;
  settings: Settings;
  desktop: Desktop;
  places: Places;
}

/** Announces whatever arrives from now on. */
export function announceArrivals(core: CoreState, outputs: Outputs): void {
  core.onArrival((arrival) => {
    if (!isOpen(arrival.session)) outputs.announcements.endSession(arrival.session.id);
    const part = core.partIn(arrival.session);
    const isOnScreen = core.role === part && outputs.places.isHome;
    if (!core.roles.includes(part)) return;
    ANNOUNCE[part](arrival, outputs, isOnScreen);
    announceBests(arrival, part, outputs, isOnScreen);
  });
}

type Announce = (arrival: Arrival, outputs: Outputs, isOnScreen: boolean) => void;

const ANNOUNCE: Record<Known<Part>, Announce> = {
  athlete({ session, cause, before }, { announcements, desktop, settings, sounds }, isOnScreen) {
    const isItsRound = ({ id }: Round) => id === cause.round_id;
    const number = session.rounds.find(isItsRound)?.number ?? 0;
    switch (cause.event) {
      case 'round-released':
        sounds.play('round');
        announce(announcements, isOnScreen, () => m.round_arrived({ number }));
        if (settings.roundNotices)
          desktop.notify(m.round_arrived({ number }), m.notice_round_text(), session.id);
        break;
      case 'round-updated':
        announcements.speak(m.round_changed({ number }));
        break;
      case 'round-completed':
        // Completed without a network, and known only now.
        if (session.status === 'cancelled') announcements.show(() => m.cancelled_late({ number }));
        break;
      case 'round-recalled':
        if (before?.rounds.some(isItsRound)) announcements.speak(m.between_recalled());
        break;
      case 'session-joined':
        if (session.trainer) announcements.speak(m.waiting_joined({ name: isolated(session.trainer.name) }));
        break;
      default:
      // The athlete's own acts, and drafts, which are not for this window.
    }
  },

  trainer({ session, cause, before }, { announcements, desktop, settings, sounds }, isOnScreen) {
    const { name } = session.athlete;
    if (cause.event === 'session-started') {
      const waits = () => m.trainer_waits({ name: isolated(name) });
      sounds.play('waiting');
      announce(announcements, isOnScreen, waits);
      if (settings.waitNotices) desktop.notify(waits(), m.notice_waits_text(), session.id);
    } else if (cause.event === 'round-completed') {
      const round = session.rounds.find(({ id }) => id === cause.round_id);
      if (round)
        announcements.speak(m.trainer_completed_said({ name: isolated(name), number: round.number }));
    } else if (cause.event === 'session-completed') {
      announcements.show(() => m.trainer_session_completed({ name: isolated(name) }));
    } else if (cause.event === 'session-cancelled' && session.cancelled_by?.role === 'athlete' && before) {
      const reason = session.cancel_reason;
      announcements.show(() =>
        reason
          ? m.trainer_cancelled_why({ name: isolated(name), reason: isolated(reason) })
          : m.trainer_cancelled({ name: isolated(name) }),
      );
    }
  },
};

/** Bests are celebrated once, when their round is completed, by the sound, and by words where nobody sees them. */
function announceBests(arrival: Arrival, part: Known<Part>, outputs: Outputs, isOnScreen: boolean): void {
  const lines = () => newBests(arrival).flatMap((exercise) => bestLineWords(exercise) ?? []);
  if (lines().length === 0) return;
  const { name } = arrival.session.athlete;
  const words = () => {
    const best = lines().join('; ');
    return part === 'athlete' ? m.best_said({ best }) : m.best_said_of({ name: isolated(name), best });
  };
  outputs.sounds.play('best');
  announce(outputs.announcements, isOnScreen && part === 'athlete', words);
}

/** Announces what somebody has to act on. On screen it is where it arrived; a notice over that would only be in the way. */
function announce(announcements: Announcements, isOnScreen: boolean, words: () => string): void {
  if (isOnScreen) announcements.speak(words());
  else announcements.show(words);
}
