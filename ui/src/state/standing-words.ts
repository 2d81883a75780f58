/** Where a session stands, on a tile: a word that is read from afar, and what belongs to it. Each time says what it counts. */
import { m } from '../paraglide/messages';
import { regionWords } from '../words/regions';
import { clockWords, durationWords } from '../words/times';
import type { Standing } from './standing';

export interface StandingWords {
  word: string;
  detail: string;
}

/** `now` is the server's time in milliseconds. */
export function standingWords(standing: Standing, now: number): StandingWords {
  const time = durationWords((now - standing.at) / 1000);
  switch (standing.kind) {
    case 'pain': {
      const where = standing.regions.map(regionWords).join(', ');
      return { word: m.board_pain(), detail: `${where} · ${m.board_ago({ time })}` };
    }
    case 'waits':
      return { word: m.board_waits(), detail: m.board_since({ time }) };
    case 'joined':
      return { word: m.board_joined(), detail: m.board_no_round({ time }) };
    case 'out':
      return { word: m.round_title({ number: standing.number }), detail: m.board_out({ time }) };
    case 'begun': {
      const { number, ticked: done, of } = standing;
      return { word: m.board_ticked({ done, of }), detail: m.board_begun({ number, time }) };
    }
    case 'rest': {
      const left = clockWords(Math.ceil((standing.at - now) / 1000));
      return { word: m.board_rest({ time: left }), detail: m.board_completed({ number: standing.number }) };
    }
    case 'rest-over':
      return { word: m.board_rest_over(), detail: m.board_since({ time }) };
    case 'done': {
      const { number, effort } = standing;
      const felt = effort === null ? m.board_completed({ number }) : m.board_effort({ number, effort });
      return { word: m.board_done(), detail: `${felt} · ${m.board_ago({ time })}` };
    }
    case 'ended':
      return { word: m.board_ended(), detail: m.board_ago({ time }) };
  }
}
