/** The places of a window in words. */
import { m } from '../paraglide/messages';

const PLACES = {
  today: m.place_today,
  athletes: m.place_athletes,
  library: m.library_title,
  studio: m.studio_title,
  train: m.place_train,
  history: m.place_history,
  weight: m.place_weight,
};

export function placeWords(place: keyof typeof PLACES): string {
  return PLACES[place]();
}
