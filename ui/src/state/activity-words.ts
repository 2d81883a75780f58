/** Where a session stands, on a tile: a word that is read from afar, and what belongs to it. Each time says what it counts. */
import { m } from '../paraglide/messages';
import { regionWords } from '../words/regions';
import { clockWords, durationWords } from '../words/times';
import type { Activity } from './activity';

export interface ActivityWords {
  word: string;
  detail: string;
}

/** `now` is the server's time in milliseconds. */
export function activityWords(activity: Activity, now: number): ActivityWords {
  const time = durationWords((now - activity.at) / 1000);
  switch (activity.kind) {
    case 'pain': {
      const where = activity.regions.map(regionWords).join(', ');
      return { word: m.board_pain(), detail: `${where} · ${m.board_ago({ time })}` };
    }
    case 'waits':
      return { word: m.board_waits(), detail: m.board_since({ time }) };
    case 'joined':
      return { word: m.board_joined(), detail: m.board_no_round({ time }) };
    case 'out':
      return { word: m.round_title({ number: activity.number }), detail: m.board_out({ time }) };
    case 'begun': {
      const { number, ticked: done, of } = activity;
      return { word: m.board_ticked({ done, of }), detail: m.board_begun({ number, time }) };
    }
    case 'rest': {
      const left = clockWords(Math.ceil((activity.at - now) / 1000));
      return { word: m.board_rest({ time: left }), detail: m.board_completed({ number: activity.number }) };
    }
    case 'rest-over':
      return { word: m.board_rest_over(), detail: m.board_since({ time }) };
    case 'done': {
      const { number, effort } = activity;
      const felt = effort === null ? m.board_completed({ number }) : m.board_effort({ number, effort });
      return { word: m.board_done(), detail: `${felt} · ${m.board_ago({ time })}` };
    }
    case 'ended':
      return { word: m.board_ended(), detail: m.board_ago({ time }) };
  }
}
