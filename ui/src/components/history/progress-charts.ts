/** The charts of an athlete's progress, which are loaded when they are wanted and shown without a gap from then on. */
import type { SessionId } from '../../bridge/bridge';
import type { AthleteStats } from '../../state/athlete-stats.svelte';
import { LazyView } from '../../state/lazy-view.svelte';

export type ProgressProps = {
  progress: AthleteStats;
  far: boolean;
  /** Shows a session whole. */
  open: (session: SessionId) => void;
};

export function progressCharts(): LazyView<ProgressProps> {
  return new LazyView<ProgressProps>(() => import('../charts/ProgressTab.svelte'));
}
