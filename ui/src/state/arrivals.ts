/**
 * What an arrival sounds and reads like. Decided here and not in a view: whoever has both parts hears of both, whichever
 * of them is on screen. What glows and flashes where it arrived is the views'.
 */
import type { Part, Round } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { Known } from '../words/known';
import type { Announcements } from './announcements.svelte';
import type { Arrival, CoreState } from './core-state.svelte';
import type { Desktop } from './desktop.svelte';
import type { Settings } from './settings.svelte';
import type { Sounds } from './sound';

/** What a person is told with. */
interface Means {
  announcements: Announcements;
  sounds: Sounds;
  settings: Settings;
  desktop: Desktop;
}

/** Has the person told of whatever arrives from now on. */
export function tellOfArrivals(core: CoreState, means: Means): void {
  core.onArrival((arrival) => {
    const part = core.partIn(arrival.session);
    const isOnScreen = core.role === part;
    if (core.roles.includes(part)) TELL[part](arrival, means, isOnScreen);
  });
}

type Tell = (arrival: Arrival, means: Means, isOnScreen: boolean) => void;

const TELL: Record<Known<Part>, Tell> = {
  athlete({ session, cause, before }, means, isOnScreen) {
    const { announcements, desktop } = means;
    const isMeant = ({ id }: Round) => id === cause.round_id;
    const number = session.rounds.find(isMeant)?.number ?? 0;
    switch (cause.event) {
      case 'round-released':
        means.sounds.play('round');
        tell(announcements, isOnScreen, () => m.round_arrived({ number }));
        if (means.settings.roundNotices)
          desktop.notify(m.round_arrived({ number }), m.notice_round_text(), session.id);
        break;
      case 'round-updated':
        announcements.say(m.round_changed({ number }));
        break;
      case 'round-completed':
        // Done without a network, and told only now.
        if (session.status === 'cancelled') announcements.show(() => m.cancelled_late({ number }));
        break;
      case 'round-recalled':
        if (before?.rounds.some(isMeant)) announcements.say(m.between_recalled());
        break;
      case 'session-joined':
        if (session.trainer) announcements.say(m.waiting_joined({ name: session.trainer.name }));
        break;
      default:
      // The athlete's own acts, and drafts, which are not for this window.
    }
  },

  trainer({ session, cause, before }, means, isOnScreen) {
    const { announcements, desktop } = means;
    const name = session.athlete.name;
    if (cause.event === 'session-started') {
      means.sounds.play('waiting');
      tell(announcements, isOnScreen, () => m.trainer_waits({ name }));
      if (means.settings.waitNotices)
        desktop.notify(m.trainer_waits({ name }), m.notice_waits_text(), session.id);
    } else if (cause.event === 'round-completed') {
      const round = session.rounds.find(({ id }) => id === cause.round_id);
      if (round) announcements.say(m.trainer_completed_said({ name, number: round.number }));
    } else if (cause.event === 'session-completed') {
      announcements.show(() => m.trainer_session_completed({ name }));
    } else if (cause.event === 'session-cancelled' && session.cancelled_by?.role === 'athlete' && before) {
      const reason = session.cancel_reason;
      announcements.show(() =>
        reason ? m.trainer_cancelled_why({ name, reason }) : m.trainer_cancelled({ name }),
      );
    }
  },
};

/** Says what somebody has to act on. On screen it is where it arrived; a notice over that would only be in the way. */
function tell(announcements: Announcements, isOnScreen: boolean, words: () => string): void {
  if (isOnScreen) announcements.say(words());
  else announcements.show(words);
}
