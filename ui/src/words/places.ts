/** The places of a window in words. */
import { m } from '../paraglide/messages';

const PLACES = {
  today: m.place_today,
  library: m.library_title,
  studio: m.studio_title,
  train: m.place_train,
};

export function placeWords(place: keyof typeof PLACES): string {
  return PLACES[place]();
}
