/**
 * What an arrival sounds and reads like. Decided here and not in a view: whoever has both parts hears of both, whichever
 * of them is on screen. What glows and flashes where it arrived is the views'.
 */
import type { Part, Round } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { Known } from '../words/known';
import type { App, Arrival } from './app.svelte';

/** Has the person told of whatever arrives from now on. */
export function tellOfArrivals(app: App): void {
  app.onArrival((arrival) => {
    const part = arrival.session.athlete.id === app.me?.id ? 'athlete' : 'trainer';
    if (app.roles.includes(part)) TELL[part](app, arrival);
  });
}

const TELL: Record<Known<Part>, (app: App, arrival: Arrival) => void> = {
  athlete(app, { session, cause, before }) {
    const isMeant = ({ id }: Round) => id === cause.round_id;
    const number = session.rounds.find(isMeant)?.number ?? 0;
    switch (cause.event) {
      case 'round-released':
        app.sounds.play('round');
        tell(app, 'athlete', () => m.round_arrived({ number }));
        if (app.settings.roundNotices)
          app.desktop.notify(m.round_arrived({ number }), m.notice_round_text(), session.id);
        break;
      case 'round-updated':
        app.announcements.say(m.round_changed({ number }));
        break;
      case 'round-completed':
        // Done without a network, and told only now.
        if (session.status === 'cancelled') app.announcements.show(() => m.cancelled_late({ number }));
        break;
      case 'round-recalled':
        if (before?.rounds.some(isMeant)) app.announcements.say(m.between_recalled());
        break;
      case 'session-joined':
        if (session.trainer) app.announcements.say(m.waiting_joined({ name: session.trainer.name }));
        break;
      default:
      // The athlete's own acts, and drafts, which are not for this window.
    }
  },

  trainer(app, { session, cause, before }) {
    const name = session.athlete.name;
    if (cause.event === 'session-started') {
      app.sounds.play('waiting');
      tell(app, 'trainer', () => m.trainer_waits({ name }));
      if (app.settings.waitNotices)
        app.desktop.notify(m.trainer_waits({ name }), m.notice_waits_text(), session.id);
    } else if (cause.event === 'round-completed') {
      const round = session.rounds.find(({ id }) => id === cause.round_id);
      if (round) app.announcements.say(m.trainer_completed_said({ name, number: round.number }));
    } else if (cause.event === 'session-completed') {
      app.announcements.show(() => m.trainer_session_completed({ name }));
    } else if (cause.event === 'session-cancelled' && session.cancelled_by?.role === 'athlete' && before) {
      const reason = session.cancel_reason;
      app.announcements.show(() =>
        reason ? m.trainer_cancelled_why({ name, reason }) : m.trainer_cancelled({ name }),
      );
    }
  },
};

/** Says what somebody has to act on. On screen it is where it arrived; a notice over that would only be in the way. */
function tell(app: App, part: Known<Part>, words: () => string): void {
  if (app.role === part) app.announcements.say(words());
  else app.announcements.show(words);
}
