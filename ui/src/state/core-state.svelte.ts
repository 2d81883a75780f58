/**
 * What a window knows from the core. The core sends whole entities, so there is nothing to fold here. State comes from
 * messages only, never from the answer to a call, so no answer can overtake a newer message.
 */
import {
  asFailure,
  type Athlete,
  type Bridge,
  type CallName,
  type Calls,
  type Cause,
  type EntityRef,
  type Exercise,
  type Failure,
  type Kind,
  type KindedDocument,
  type Message,
  type Part,
  type Permit,
  type Presence,
  type Round,
  type Session,
  type Template,
  type Update,
  type UserId,
  type View,
} from '../bridge/bridge';
import { EVENT_PARTS } from '../bridge/generated';
import { isKnown, type Known, known } from '../words/known';
import type { Clock } from './clock.svelte';
import { missedCause } from './missed-events';
import { isOpen, sessionsOf } from './session';
import type { LocalStore } from './local-store';
import { StoredMap } from './stored-map.svelte';

/** A session that changed, the cause, and the session before. */
export interface Arrival {
  session: Session;
  cause: Cause;
  before: Session | undefined;
}

/** How long something counts as just arrived, for its glow. */
const FRESH_MS = 1_000;

export class CoreState {
  /** Everything the core sent; `null` until its first message. */
  view = $state.raw<View | null>(null);
  /** Why the window can't show anything at all. */
  startupFailure = $state.raw<Failure | null>(null);
  /** What is half typed, by person and by what it is about. */
  readonly drafts: StoredMap<unknown>;
  /** The part a person with two roles chose to see. */
  chosenRole = $state<Known<Part> | null>(null);

  #stop: (() => void) | null = null;
  // Not reactive: nothing on screen reads them.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #changeListeners = new Set<(document: KindedDocument) => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #removalListeners = new Set<(entity: EntityRef, cause: Cause | null) => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #reloadListeners = new Set<() => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #fresh = new Map<string, number>();

  constructor(
    readonly bridge: Bridge,
    readonly store: LocalStore,
    readonly clock: Clock,
  ) {
    this.drafts = new StoredMap(store, 'draft.', (stored) => stored);
  }

  readonly me = $derived(this.view?.me ?? null);
  readonly sessions = $derived(this.view ? sessionsOf(this.view) : []);
  readonly link = $derived(this.view?.link ?? null);
  /** What was done without a network, and the server then refused. */
  readonly refused = $derived(this.view?.refused ?? []);
  /** The videos on their way to the server. */
  readonly uploads = $derived(this.view?.uploads ?? []);
  /** The state of the application's update. */
  readonly update = $derived<Update>(this.view?.update ?? { state: 'unknown' });
  /** Whether what is known is what the server has. */
  readonly isCurrent = $derived(
    this.me !== null &&
      this.view?.loaded === true &&
      (this.link?.state === 'live' || this.link?.state === 'polling'),
  );
  /** Whether a session is running: then nothing is installed. */
  readonly inSession = $derived(this.sessions.some(({ status }) => status === 'active'));
  /** The person's own training that is not over. */
  readonly ownOpenSession = $derived(
    this.sessions.find((session) => this.partIn(session) === 'athlete' && isOpen(session)),
  );
  /** Whether a session of the part on screen waits or runs. */
  readonly hasLiveSession = $derived.by(() =>
    this.role === 'trainer'
      ? this.waitingSessions.length + this.runningSessions.length > 0
      : this.role === 'athlete' && this.ownOpenSession !== undefined,
  );
  /** Whether they may start a session now. */
  readonly mayStart = $derived(this.view?.may_start_session === true && this.ownOpenSession === undefined);
  readonly exercises = $derived<readonly Exercise[]>(this.view?.exercises ?? []);
  /** A trainer's own templates, and those that others share. */
  readonly templates = $derived<readonly Template[]>(this.view?.templates ?? []);
  readonly athletes = $derived<readonly Athlete[]>(this.view?.athletes ?? []);
  /** The sessions this person leads, newest first. */
  readonly trainerSessions = $derived.by(() =>
    this.sessions.filter((session) => this.partIn(session) === 'trainer'),
  );
  /** Those that wait for a trainer, oldest first. */
  readonly waitingSessions = $derived.by(() =>
    this.trainerSessions.filter(({ status }) => status === 'waiting').toReversed(),
  );
  readonly runningSessions = $derived.by(() =>
    this.trainerSessions.filter(({ status }) => status === 'active'),
  );
  /** The parts this person can play in a session. */
  readonly roles = $derived<readonly Known<Part>[]>(
    (this.me?.roles ?? []).filter((role) => isKnown(PARTS, role)),
  );
  /** Whether they keep the studio's people. */
  readonly isAdmin = $derived(this.me?.roles.includes('admin') ?? false);
  /** The part whose window is shown: the chosen one, or the first they have. */
  readonly role = $derived(
    this.chosenRole !== null && this.roles.includes(this.chosenRole)
      ? this.chosenRole
      : (this.roles.find((role) => role === 'trainer') ?? this.roles[0] ?? null),
  );

  /** Listens first and then asks for everything, so that nothing is missed. May be called again after a failure. */
  async start(): Promise<void> {
    this.startupFailure = null;
    try {
      this.#stop ??= await this.bridge.listen((message) => {
        this.receive(message);
      });
      await this.bridge.call('view', {});
    } catch (thrown) {
      this.startupFailure = asFailure(thrown);
    }
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** Whether the person may do this now, with a round or with the session as a whole. The rules say so, in the core. */
  may(permit: Permit, session: Session, round?: Round): boolean {
    const permits = this.view?.permits[session.id];
    return (round ? permits?.rounds[round.id] : permits?.session)?.includes(permit) ?? false;
  }

  /** The part the person has in a session they can see. */
  partIn(session: Session): Known<Part> {
    return session.athlete.id === this.me?.id ? 'athlete' : 'trainer';
  }

  call<K extends CallName>(name: K, args: Calls[K]['args']): Promise<Calls[K]['reply']> {
    return this.bridge.call(name, args);
  }

  /** Tries the connection now; the answer is a `link` message. */
  tryNow(): void {
    if (this.me === null || this.link?.state === 'live') return;
    // A refusal changes nothing on screen: the supervisor keeps trying.
    this.call('try_now', {}).catch(() => undefined);
  }

  /** Calls `receive` for every session that comes or changes from now on; returns a function that ends it. */
  onArrival(receive: (arrival: Arrival) => void): () => void {
    this.#listeners.add(receive);
    return () => this.#listeners.delete(receive);
  }

  /** Calls `receive` for every entity that something happened to; returns a function that ends it. */
  onChange(receive: (document: KindedDocument) => void): () => void {
    this.#changeListeners.add(receive);
    return () => this.#changeListeners.delete(receive);
  }

  /**
   * Calls `receive` for every entity that the core keeps no longer; returns a function that ends it. One that this device
   * has too many of may still be there: it was removed if the cause says so.
   */
  onRemoval(receive: (entity: EntityRef, cause: Cause | null) => void): () => void {
    this.#removalListeners.add(receive);
    return () => this.#removalListeners.delete(receive);
  }

  /**
   * Calls `receive` whenever the core sent everything anew: anything may have happened before that, of which no event came.
   * Returns a function that ends it.
   */
  onReload(receive: () => void): () => void {
    this.#reloadListeners.add(receive);
    return () => this.#reloadListeners.delete(receive);
  }

  /** Whether the other person has just changed this round or session, so that it may glow. */
  isFresh(id: string): boolean {
    const at = this.#fresh.get(id);
    return at !== undefined && this.clock.machine() - at < FRESH_MS;
  }

  /** Applies a message about the core's state. Messages about the window around it are handled elsewhere. */
  receive(message: Message): void {
    switch (message.type) {
      case 'view':
        this.#applyView(message.view);
        break;
      case 'entity':
        this.#applyEntity(message);
        break;
      case 'gone':
        this.#remove(message.entity);
        for (const receive of this.#removalListeners) receive(message.entity, message.cause);
        break;
      case 'account':
        if (this.view) this.view = { ...this.view, ...message.account };
        break;
      case 'refused':
        if (this.view) this.view = { ...this.view, refused: message.refused };
        break;
      case 'uploads':
        if (this.view) this.view = { ...this.view, uploads: message.uploads };
        break;
      case 'presence':
        this.#applyPresence(message.presence);
        break;
      case 'update':
        if (this.view) this.view = { ...this.view, update: message.update };
        break;
      case 'link':
        this.clock.offset = message.clock_offset_ms;
        if (this.view) this.view = { ...this.view, link: message.link };
        break;
      default:
      // Of the window around it.
    }
  }

  /** What is known of an athlete's connection; nothing while they have not been seen, and while our own is down. */
  presenceOf(athlete: UserId): Presence | undefined {
    if (this.view?.link.state !== 'live') return undefined;
    return this.view.presence.find(({ athlete_id }) => athlete_id === athlete);
  }

  #applyPresence(presence: Presence): void {
    if (!this.view) return;
    const others = this.view.presence.filter(({ athlete_id }) => athlete_id !== presence.athlete_id);
    this.view = { ...this.view, presence: [...others, presence] };
  }

  #applyView(view: View): void {
    if (view.me && view.me.id !== this.view?.me?.id) {
      const stored = this.store.get(this.#roleKey(view.me.id));
      this.chosenRole = typeof stored === 'string' && isKnown(PARTS, stored) ? stored : null;
    }
    this.clock.offset = view.clock_offset_ms;
    const before = this.view;
    this.view = view;
    if (!before || !view.loaded || before.me?.id !== view.me?.id) return;
    // What happened while the connection was down is announced as well, once.
    if (before.loaded) this.#notifyOfMissed(before.sessions);
    for (const receive of this.#reloadListeners) receive();
  }

  #notifyOfMissed(known: readonly Session[]): void {
    for (const session of this.sessions) {
      const before = known.find(({ id }) => id === session.id);
      const cause = missedCause(session, before);
      if (!cause) continue;
      for (const receive of this.#listeners) receive({ session, cause, before });
    }
  }

  #applyEntity({ document, permits, cause }: Extract<Message, { type: 'entity' }>): void {
    if (!this.view) return;
    const id = idOf(document.entity);
    const before = this.sessions.find((session) => session.id === id);
    if (permits) {
      const all = { ...this.view.permits, [id]: permits };
      this.view = { ...this.view, permits: all };
    }
    this.#put(document);
    // Without a cause nothing happened: it is only shown differently.
    if (!cause) return;
    if (document.kind === 'session') this.#notify({ session: document.entity, cause, before });
    for (const receive of this.#changeListeners) receive(document);
  }

  #notify(arrival: Arrival): void {
    const { session, cause } = arrival;
    if (this.#isByOther(session, cause)) {
      const at = this.clock.machine();
      this.#fresh.set(session.id, at);
      if (cause.round_id) this.#fresh.set(cause.round_id, at);
    }
    for (const receive of this.#listeners) receive(arrival);
  }

  /** Puts an entity of any kind in its place. */
  #put({ kind, entity }: KindedDocument): void {
    this.#changeList(kind, (list) =>
      list.some((one) => idOf(one) === idOf(entity))
        ? list.map((one) => (idOf(one) === idOf(entity) ? entity : one))
        : [entity, ...list],
    );
  }

  #remove({ kind, id }: EntityRef): void {
    this.#changeList(kind, (list) => list.filter((one) => idOf(one) !== id));
  }

  /** Changes the list of a kind. One that only a newer core knows has none. */
  #changeList(kind: Kind, change: (list: readonly Entity[]) => readonly Entity[]): void {
    const list = known(LISTS, kind);
    if (this.view && list) this.view = { ...this.view, [list]: change(this.view[list]) };
  }

  /** Shows the other part of a person who has both, and remembers it on this device. */
  chooseRole(role: Known<Part>): void {
    this.chosenRole = role;
    if (this.me) this.store.put(this.#roleKey(this.me.id), role);
  }

  #roleKey(id: string): string {
    return `role.${id}`;
  }

  #isByOther(session: Session, { event }: Cause): boolean {
    const part = this.partIn(session);
    if (event === 'session-cancelled') return session.cancelled_by?.role !== part;
    return isKnown(EVENT_PARTS, event) && EVENT_PARTS[event] !== part;
  }
}

type Entity = KindedDocument['entity'];

/** What an entity is known by. A note has the id of its session. */
const idOf = (entity: Entity): string => ('id' in entity ? entity.id : entity.session_id);

/** Where the view has the entities of each kind. */
const LISTS = {
  session: 'sessions',
  exercise: 'exercises',
  athlete: 'athletes',
  template: 'templates',
  note: 'notes',
  'journal-entry': 'journal_entries',
  weight: 'weights',
} as const satisfies Record<Known<Kind>, keyof View>;

/** The parts that have a window. */
const PARTS: Record<Known<Part>, true> = { athlete: true, trainer: true };
