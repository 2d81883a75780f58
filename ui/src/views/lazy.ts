/**
 * The views a window chooses from, each a chunk of its own with all that only it needs: a start loads the one that is
 * shown. What somebody does in a view waits for nothing, since a chunk holds the whole of a part.
 */
import { LazyView } from '../state/lazy-view.svelte';

export function lazyViews() {
  return {
    athletes: new LazyView(() => import('./athletes/AthletesView.svelte')),
    athlete: new LazyView(() => import('./athlete/AthleteView.svelte')),
    claim: new LazyView(() => import('./Claim.svelte')),
    history: new LazyView(() => import('./history/HistoryView.svelte')),
    kiosk: new LazyView(() => import('./kiosk/Kiosk.svelte')),
    library: new LazyView(() => import('./trainer/LibraryView.svelte')),
    noPart: new LazyView(() => import('./NoPart.svelte')),
    settings: new LazyView(() => import('./Settings.svelte')),
    signIn: new LazyView(() => import('./SignIn.svelte')),
    staff: new LazyView(() => import('./kiosk/Staff.svelte')),
    studio: new LazyView(() => import('./studio/StudioView.svelte')),
    trainer: new LazyView(() => import('./trainer/TrainerView.svelte')),
    weight: new LazyView(() => import('./weight/WeightView.svelte')),
  };
}
