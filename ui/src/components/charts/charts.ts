/** Everything that is drawn, in one chunk: loaded with the first chart that is wanted. */
export { default as ProgressTab } from './ProgressTab.svelte';
export { default as WeightProgress } from './WeightProgress.svelte';
