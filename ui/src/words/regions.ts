/** The regions of the body in words. Left and right are the athlete's own. */
import type { Region } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';

const REGIONS: Record<Known<Region>, () => string> = {
  neck_shoulders: m.region_neck_shoulders,
  chest: m.region_chest,
  upper_back: m.region_upper_back,
  lower_back: m.region_lower_back,
  abdomen: m.region_abdomen,
  left_arm: m.region_left_arm,
  right_arm: m.region_right_arm,
  left_thigh_front: m.region_left_thigh_front,
  right_thigh_front: m.region_right_thigh_front,
  left_thigh_back: m.region_left_thigh_back,
  right_thigh_back: m.region_right_thigh_back,
  left_calf: m.region_left_calf,
  right_calf: m.region_right_calf,
  left_knee: m.region_left_knee,
  right_knee: m.region_right_knee,
};

/** A region in words; one of a newer server by its own name, since pain is never left out. */
export function regionWords(region: Region): string {
  return known(REGIONS, region)?.() ?? region;
}
