/**
 * What a window knows, as the core tells it. The core sends whole entities, so there is nothing to fold here; state is
 * taken from messages only, never from the answer to a call, so no answer can overtake a newer message.
 */
import {
  asFailure,
  type Bridge,
  type CallName,
  type Calls,
  type Cause,
  type EventName,
  type EntityRef,
  type Exercise,
  type Failure,
  type Kind,
  type KindedDocument,
  type Message,
  type Part,
  type Session,
  type Update,
  type View,
} from '../bridge/bridge';
import { EVENT_PARTS } from '../bridge/generated';
import { isKnown, type Known, known } from '../words/known';
import { Announcements } from './announcements.svelte';
import { tellOfArrivals } from './arrivals';
import { Clock } from './clock.svelte';
import { Desktop } from './desktop.svelte';
import { KioskState } from './kiosk.svelte';
import { Language } from './language.svelte';
import { isOpen } from './session';
import { Settings } from './settings.svelte';
import type { Shelf } from './shelf';
import { Sounds } from './sound';

/** A session that changed, what made it change, and how it stood before. */
export interface Arrival {
  session: Session;
  cause: Cause;
  before: Session | undefined;
}

/** How long something counts as just arrived, for its glow. */
const FRESH_MS = 1_000;

export class App {
  /** Everything the core last told; `null` until its first message. */
  view = $state.raw<View | null>(null);
  /** Why the window can't show anything at all. */
  startupFailure = $state.raw<Failure | null>(null);
  /** The part a person with two roles chose to see. */
  chosenRole = $state<Known<Part> | null>(null);

  /** Begins anew, with a new page. What is half-typed is on the shelf. */
  readonly reload: () => void;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly language: Language;
  readonly announcements = new Announcements();
  readonly sounds = new Sounds(() => this.settings.sound);
  readonly desktop: Desktop;
  /** The kiosk, if this machine is one. */
  readonly kiosk = new KioskState(this);
  #stop: (() => void) | null = null;
  // Plain collections: nothing on screen reads them, they are asked at the moment something arrives.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #fresh = new Map<string, number>();

  constructor(
    readonly bridge: Bridge,
    readonly shelf: Shelf,
    device: {
      languages?: readonly string[];
      machine?: () => number;
      isInFront?: () => boolean;
      reload?: () => void;
    } = {},
  ) {
    this.reload =
      device.reload ??
      (() => {
        location.reload();
      });
    this.clock = new Clock(device.machine);
    this.settings = new Settings(shelf);
    this.language = new Language(device.languages);
    this.desktop = new Desktop(this, device.isInFront);
    tellOfArrivals(this);
  }

  readonly me = $derived(this.view?.me ?? null);
  readonly sessions = $derived(this.view?.sessions ?? []);
  readonly link = $derived(this.view?.link ?? null);
  /** What was done without a network, and the server then refused. */
  readonly refused = $derived(this.view?.refused ?? []);
  /** How it stands with a newer version of the application. */
  readonly update = $derived<Update>(this.view?.update ?? { state: 'unknown' });
  /** Whether what is known is what the server has. */
  readonly isCurrent = $derived(
    this.me !== null &&
      this.view?.loaded === true &&
      (this.link?.state === 'live' || this.link?.state === 'polling'),
  );
  /** Whether a session goes on: then nothing is installed. */
  readonly inSession = $derived(this.sessions.some(({ status }) => status === 'active'));
  /** The person's own training that is not over. */
  readonly ownOpen = $derived(
    this.sessions.find((session) => session.athlete.id === this.me?.id && isOpen(session)),
  );
  readonly exercises = $derived<readonly Exercise[]>(this.view?.exercises ?? []);
  /** The sessions this person leads, newest first. */
  readonly led = $derived.by(() => this.sessions.filter(({ athlete }) => athlete.id !== this.me?.id));
  /** Those that wait for a trainer, oldest first. */
  readonly ledWaiting = $derived.by(() => this.led.filter(({ status }) => status === 'waiting').toReversed());
  readonly ledRunning = $derived.by(() => this.led.filter(({ status }) => status === 'active'));
  /** The parts this person can play here; nothing else they may be has a window yet. */
  readonly roles = $derived<readonly Known<Part>[]>(
    (this.me?.roles ?? []).filter((role) => isKnown(PARTS, role)),
  );
  /** The part whose window is shown: the chosen one, or the first they have. */
  readonly role = $derived(
    this.chosenRole !== null && this.roles.includes(this.chosenRole)
      ? this.chosenRole
      : (this.roles.find((role) => role === 'trainer') ?? this.roles[0] ?? null),
  );

  /** Listens, then asks for everything, so that nothing falls between. May be tried again after it failed. */
  async start(): Promise<void> {
    this.startupFailure = null;
    try {
      this.#stop ??= await this.bridge.listen((message) => {
        this.hear(message);
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

  call<K extends CallName>(name: K, args: Calls[K]['args']): Promise<Calls[K]['reply']> {
    return this.bridge.call(name, args);
  }

  /** Tries the connection now; the answer is a `link` message. */
  tryNow(): void {
    if (this.me === null || this.link?.state === 'live') return;
    // A refusal changes nothing on screen: the supervisor goes on trying by itself.
    this.call('try_now', {}).catch(() => undefined);
  }

  /** Calls `hear` for every session that comes or changes from now on; answers how to stop. */
  onArrival(hear: (arrival: Arrival) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** Whether the other one's act has just brought this round or session, so that it may glow. */
  isFresh(id: string): boolean {
    const at = this.#fresh.get(id);
    return at !== undefined && this.clock.machine() - at < FRESH_MS;
  }

  hear(message: Message): void {
    switch (message.type) {
      case 'view':
        this.#take(message.view);
        break;
      case 'entity':
        this.#takeEntity(message.document, message.cause);
        break;
      case 'gone':
        this.#remove(message.entity);
        break;
      case 'refused':
        if (this.view) this.view = { ...this.view, refused: message.refused };
        break;
      case 'update':
        if (this.view) this.view = { ...this.view, update: message.update };
        break;
      case 'kiosk':
        this.kiosk.update(message.kiosk);
        break;
      case 'reveal':
        this.desktop.want(message.session_id);
        break;
      case 'invited':
        this.desktop.invited += 1;
        break;
      case 'open':
        this.desktop.lead(message.place);
        break;
      case 'closing':
        // A window that can't show anything can't ask; whoever wants it closed once more is not held up by it.
        if (!this.startupFailure) this.desktop.closing += 1;
        break;
      case 'link':
        this.clock.offset = message.clock_offset_ms;
        if (this.view) this.view = { ...this.view, link: message.link };
        break;
    }
  }

  #take(view: View): void {
    if (view.me && view.me.id !== this.view?.me?.id) {
      const kept = this.shelf.get(this.#roleKey(view.me.id));
      this.chosenRole = typeof kept === 'string' && isKnown(PARTS, kept) ? kept : null;
    }
    if (this.view && view.me?.id !== this.view.me?.id) this.announcements.clear();
    this.clock.offset = view.clock_offset_ms;
    if (view.me) this.language.toAccount(view.me.locale);
    else if (this.kiosk.view) this.language.toDevice();
    const before = this.view;
    this.view = view;
    // What happened while nothing could be followed is heard and seen as well, once.
    if (before?.loaded && view.loaded && before.me?.id === view.me?.id) this.#tellWhatIsNew(before.sessions);
  }

  #tellWhatIsNew(known: readonly Session[]): void {
    for (const session of this.sessions) {
      const before = known.find(({ id }) => id === session.id);
      const event = newsIn(session, before);
      if (!event) continue;
      const out = session.rounds.find(({ status }) => status === 'released');
      const round_id = event === 'round-released' ? (out?.id ?? null) : null;
      const at = out?.released_at ?? session.ended_at ?? session.joined_at ?? session.started_at;
      for (const hear of this.#listeners) hear({ session, cause: { event, round_id, at }, before });
    }
  }

  #takeEntity(document: KindedDocument, cause: Cause | null): void {
    if (!this.view) return;
    const before = this.sessions.find(({ id }) => id === document.entity.id);
    this.#put(document);
    // Without a cause nothing happened: it is only shown differently.
    if (document.kind === 'session' && cause) this.#tellOf({ session: document.entity, cause, before });
  }

  #tellOf(arrival: Arrival): void {
    const { session, cause } = arrival;
    if (this.#isOthersAct(session, cause)) {
      const at = this.clock.machine();
      this.#fresh.set(session.id, at);
      if (cause.round_id) this.#fresh.set(cause.round_id, at);
    }
    for (const hear of this.#listeners) hear(arrival);
  }

  /** Puts an entity of any kind in its place. */
  #put({ kind, entity }: KindedDocument): void {
    this.#changeList(kind, (list) =>
      list.some(({ id }) => id === entity.id)
        ? list.map((one) => (one.id === entity.id ? entity : one))
        : [entity, ...list],
    );
  }

  #remove({ kind, id }: EntityRef): void {
    this.#changeList(kind, (list) => list.filter((one) => one.id !== id));
  }

  /** Changes the list of a kind. One that only a newer core knows has none. */
  #changeList(kind: Kind, change: (list: readonly Entity[]) => readonly Entity[]): void {
    const list = known(LISTS, kind);
    if (this.view && list) this.view = { ...this.view, [list]: change(this.view[list]) };
  }

  /** Shows the other part of a person who has both, and remembers it on this device. */
  chooseRole(role: Known<Part>): void {
    this.chosenRole = role;
    if (this.me) this.shelf.put(this.#roleKey(this.me.id), role);
  }

  #roleKey(id: string): string {
    return `role.${id}`;
  }

  #isOthersAct(session: Session, { event }: Cause): boolean {
    const part = session.athlete.id === this.me?.id ? 'athlete' : 'trainer';
    if (event === 'session-cancelled') return session.cancelled_by?.role !== part;
    return isKnown(EVENT_PARTS, event) && EVENT_PARTS[event] !== part;
  }
}

type Entity = KindedDocument['entity'];

/** Where the view has the entities of each kind. */
const LISTS = { session: 'sessions', exercise: 'exercises', athlete: 'athletes' } as const satisfies Record<
  Known<Kind>,
  keyof View
>;

/** The parts that have a window. */
const PARTS: Record<Known<Part>, true> = { athlete: true, trainer: true };

/** What a snapshot brings of a session that somebody waits for; nothing, if it stands as it did. */
function newsIn(session: Session, before: Session | undefined): EventName | null {
  if (session.status !== before?.status) {
    if (session.status === 'waiting') return 'session-started';
    if (session.status === 'cancelled') return before ? 'session-cancelled' : null;
    if (session.status === 'completed') return before ? 'session-completed' : null;
    const isBegun = session.status === 'active' && (!before || before.status === 'waiting');
    if (isBegun && !session.rounds.some(({ status }) => status === 'released')) return 'session-joined';
  }
  const out = session.rounds.find(({ status }) => status === 'released');
  const was = out && before?.rounds.find(({ id }) => id === out.id);
  return out && was?.status !== 'released' && was?.status !== 'active' ? 'round-released' : null;
}
