/** Parts of a page about an athlete that are loaded when they are wanted and shown without a gap from then on. */
import { LazyView } from '../../state/lazy-view.svelte';
import type { SessionHistory } from '../../state/session-history.svelte';
import type { Weights } from '../../state/weights.svelte';

export const weightTab = () => new LazyView<{ weights: Weights }>(() => import('../weight/WeightTab.svelte'));

type ImportProps = { history: SessionHistory; far: boolean; close: () => void };

export const importPart = () => new LazyView<ImportProps>(() => import('../imports/ImportFile.svelte'));
