/** Charts where they are shown: loaded, all of them at once, when one is wanted. */
import type { SessionId, Weight } from '../../bridge/bridge';
import type { AthleteStats } from '../../state/athlete-stats.svelte';
import { LazyView } from '../../state/lazy-view.svelte';

type ProgressProps = {
  progress: AthleteStats;
  far: boolean;
  /** Shows a session whole. */
  open: (session: SessionId) => void;
};

type WeightProps = { weights: readonly Weight[]; far: boolean };

const charts = () => import('./charts');

export const progressTab = () =>
  new LazyView<ProgressProps>(async () => ({ default: (await charts()).ProgressTab }));

export const weightChart = () =>
  new LazyView<WeightProps>(async () => ({ default: (await charts()).WeightProgress }));
