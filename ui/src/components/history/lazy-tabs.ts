/** Parts of a page about an athlete that are loaded when they are wanted and shown without a gap from then on. */
import type { SessionId } from '../../bridge/bridge';
import type { AthleteStats } from '../../state/athlete-stats.svelte';
import { LazyView } from '../../state/lazy-view.svelte';
import type { SessionHistory } from '../../state/session-history.svelte';
import type { Weights } from '../../state/weights.svelte';

type ProgressProps = {
  progress: AthleteStats;
  far: boolean;
  /** Shows a session whole. */
  open: (session: SessionId) => void;
};

export const progressTab = () => new LazyView<ProgressProps>(() => import('../charts/ProgressTab.svelte'));

export const weightTab = () => new LazyView<{ weights: Weights }>(() => import('../weight/WeightTab.svelte'));

type ImportProps = { history: SessionHistory; far: boolean; close: () => void };

export const importPart = () => new LazyView<ImportProps>(() => import('../imports/ImportFile.svelte'));
