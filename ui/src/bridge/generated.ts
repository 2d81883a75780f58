// Generated from the Rust declarations by `cargo xtask codegen`; do not edit.

export type Account = { 
/**
 * Their id.
 */
id: UserId, 
/**
 * Their name, as others see it.
 */
name: string, 
/**
 * The address they sign in with.
 */
email: string, 
/**
 * What they may be.
 */
roles: Array<Role>, 
/**
 * The language of their windows.
 */
locale: Locale, 
/**
 * In which unit they read and enter weights. Servers before this field know kilograms only.
 */
weight_unit: WeightUnit, 
/**
 * The studio they belong to.
 */
studio: Studio, 
/**
 * The trainer assigned to them, if they train.
 */
trainer: Person | null, 
/**
 * Grows by one with every change.
 */
version: number, };

export type AccountView = { 
/**
 * Who is signed in.
 */
me: Account | null, 
/**
 * Where the sign-in is kept.
 */
vault: VaultKind, 
/**
 * Whether they may start a session once none of theirs is open.
 */
may_start_session: boolean, 
/**
 * Whether they may set up a kiosk, on a machine that may become one.
 */
may_set_up_kiosk: boolean, };

export type ActName = "cancel_session" | "add_round" | "edit_round" | "delete_round" | "recreate_round" | "release_round" | "recall_round" | "start_round" | "log_exercise" | "complete_round" | "correct_exercise" | "create_exercise" | "edit_exercise" | "archive_exercise" | "restore_exercise" | "recreate_exercise" | "remove_exercise_video" | "create_template" | "edit_template" | "delete_template" | "restore_template" | "save_note" | "create_journal_entry" | "edit_journal_entry" | "delete_journal_entry" | "recreate_journal_entry" | "create_weight" | "edit_weight" | "delete_weight" | "recreate_weight";

export type Athlete = { 
/**
 * Their id.
 */
id: UserId, 
/**
 * Their name.
 */
name: string, 
/**
 * The exercises they did in the last 90 days. Servers before this field say nothing.
 */
records: Array<ExerciseRecord>, 
/**
 * Grows with every change of their account and of their records.
 */
version: number, };

export type AuditAct = "studio-created" | "user-invited" | "invitation-withdrawn" | "invitation-claimed" | "user-changed" | "roles-changed" | "trainer-changed" | "user-deactivated" | "user-reactivated" | "password-reset" | "password-changed" | "device-signed-out" | "user-erased" | "data-exported" | "exercise-saved" | "exercise-archived" | "exercise-deleted" | "video-changed" | "release-published" | "release-rollout-changed" | "release-halted" | "release-resumed" | Unrecognised;

export type AuditEntry = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * Who; null for the server's command line.
 */
by: Person | null, 
/**
 * What.
 */
act: AuditAct, 
/**
 * To what.
 */
on: AuditSubject, 
/**
 * How much was erased, if somebody was.
 */
erased?: Erased | null, };

export type AuditKind = "studio" | "user" | "exercise" | "release" | Unrecognised;

export type AuditPage = { 
/**
 * The entries.
 */
entries: Array<AuditEntry>, 
/**
 * Where the next page begins; `null` on the last one.
 */
next: string | null, };

export type AuditSubject = { 
/**
 * Its kind.
 */
kind: AuditKind, 
/**
 * Its id: a UUID, or the channel and the version of a release.
 */
id: string, 
/**
 * Its name.
 */
name: string, };

export type BestKind = "heaviest" | "reps" | "e1rm" | "volume" | "longest" | "farthest" | Unrecognised;

export type BestSet = { 
/**
 * When it was done.
 */
at: Timestamp, 
/**
 * The session it was done in.
 */
session_id: SessionId, 
/**
 * What was done.
 */
actual: Values, 
/**
 * Whether it beat what was done in a session before, of those that are asked for. The first beats nothing.
 */
beat: boolean, };

export type BestVolume = { 
/**
 * When it began.
 */
at: Timestamp, 
/**
 * Which session.
 */
session_id: SessionId, 
/**
 * Weight times repetitions of all working sets, in kilograms.
 */
kg: number, };

export type CancelledBy = { 
/**
 * Their id.
 */
id: UserId, 
/**
 * The part they played.
 */
role: Part, };

export type Category = "chest" | "back" | "shoulders" | "legs" | "arms" | "core" | "cardio" | "own" | Unrecognised;

export type Cause = { 
/**
 * The event.
 */
event: EventName, 
/**
 * The round it is about, if any.
 */
round_id: RoundId | null, 
/**
 * When it happened, by the server's clock.
 */
at: Timestamp, };

export type ChangeUser = { 
/**
 * The new name, 1 to 100 characters.
 */
name: string | null, 
/**
 * The new address; nobody else's on this server.
 */
email: string | null, 
/**
 * The new roles: at least one, each once.
 */
roles: Array<Role> | null, 
/**
 * The new language.
 */
locale: Locale | null, 
/**
 * The new trainer, an active trainer of the studio; null for none.
 */
trainer_id?: UserId | null, 
/**
 * Whether they can sign in.
 */
active: boolean | null, };

export type ChangedSession = { 
/**
 * The session as it is stored.
 */
session_id: SessionId, 
/**
 * When it began.
 */
started_at: Timestamp, 
/**
 * How many sets are stored.
 */
sets_here: number, 
/**
 * How many the file has.
 */
sets: number, 
/**
 * Whether it becomes what the file says. One that was corrected here since stays as it is.
 */
replaced: boolean, };

export type Correction = { 
/**
 * Who corrected it.
 */
by: Person, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What was noted before.
 */
before: Values | null, 
/**
 * Why, in their words.
 */
reason: string | null, };

export type CreateUser = { 
/**
 * Their name: 1 to 100 characters that aren't all white space.
 */
name: string, 
/**
 * The address they will sign in with; nobody else's on this server.
 */
email: string, 
/**
 * What they may be: at least one role, each once.
 */
roles: Array<Role>, 
/**
 * The language of their windows; the studio's if absent.
 */
locale: Locale | null, 
/**
 * The trainer assigned to them: an active trainer of the studio.
 */
trainer_id: UserId | null, };

export type Device = { 
/**
 * Its id.
 */
id: string, 
/**
 * What the person calls it.
 */
name: string, 
/**
 * Since when it is signed in.
 */
created_at: Timestamp, 
/**
 * When it last got new tokens.
 */
last_seen_at: Timestamp, 
/**
 * Whether it is the device that asks.
 */
is_current: boolean, };

export type DoneSet = { 
/**
 * When its round was completed.
 */
at: Timestamp, 
/**
 * The session it was done in.
 */
session_id: SessionId, 
/**
 * The round it was done in.
 */
round_id: RoundId, 
/**
 * Which exercise of that round it is.
 */
item_id: ItemId, 
/**
 * What it was there for.
 */
kind: ExerciseKind, 
/**
 * What was to be done.
 */
planned: PlannedValues, 
/**
 * What was done.
 */
actual: Values, 
/**
 * What the athlete said about it.
 */
feedback: Feedback | null, 
/**
 * The estimated one-repetition maximum, in kilograms; null if none can be made from this set.
 */
e1rm_kg: number | null, };

export type EffortPoint = { 
/**
 * When the session began.
 */
at: Timestamp, 
/**
 * Which session.
 */
session_id: SessionId, 
/**
 * What was planned, 0 to 10.
 */
planned: number, 
/**
 * What was felt, 0 to 10.
 */
felt: number, };

export type EffortSeries = { 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * One point for each session, oldest first.
 */
points: Array<EffortPoint>, };

export type EnteredCorrection = { 
/**
 * The exercise of the round.
 */
item_id: ItemId, 
/**
 * What was really done.
 */
actual: Values, 
/**
 * Why.
 */
reason: string | null, };

export type EntityRef = { 
/**
 * Its kind.
 */
kind: Kind, 
/**
 * Its id.
 */
id: string, };

export type Erased = { 
/**
 * Sessions that were theirs alone.
 */
sessions: number, 
/**
 * Sessions that others took part in: they stay without the person.
 */
shared_sessions: number, 
/**
 * Sets they had done.
 */
sets: number, 
/**
 * What they weighed, an entry each.
 */
weights: number, 
/**
 * Private notes on their sessions.
 */
notes: number, 
/**
 * Entries of the journal about them.
 */
journal_entries: number, 
/**
 * Templates that only they saw.
 */
templates: number, 
/**
 * Shared templates, which somebody else has now.
 */
shared_templates: number, 
/**
 * Sign-ins on devices.
 */
devices: number, 
/**
 * Uploads that nothing used yet.
 */
uploads: number, 
/**
 * Stored answers to requests, theirs and those of others in which they were.
 */
answers: number, 
/**
 * Feeds that began anew, because they may have carried something of theirs.
 */
feeds: number, };

export type Estimate = { 
/**
 * When the set was done.
 */
at: Timestamp, 
/**
 * The session it was done in.
 */
session_id: SessionId, 
/**
 * The weight.
 */
weight_kg: number, 
/**
 * The repetitions.
 */
reps: number, 
/**
 * How hard it felt, if that is known.
 */
effort: number | null, 
/**
 * The estimate, in kilograms.
 */
e1rm_kg: number, };

export type EstimateSeries = { 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * The greatest of each session, oldest first.
 */
points: Array<Estimate>, };

export type EventName = SessionEventName | "exercise-saved" | "exercise-removed" | "athlete-changed" | "athlete-removed" | "template-saved" | "template-removed" | "note-saved" | "journal-saved" | "journal-removed" | "weight-saved" | "weight-removed" | "account-changed";

export type Exercise = { 
/**
 * Its id.
 */
id: ExerciseId, 
/**
 * Its name, unique within the studio without regard to case.
 */
name: string, 
/**
 * Other names it is found by.
 */
aliases: Array<string>, 
/**
 * What kind it is.
 */
category: Category, 
/**
 * Which inputs a planner offers for it; at least one. They guide the input and restrict nothing.
 */
fields: Array<Field>, 
/**
 * The muscles it works, in the studio's words.
 */
muscles: Array<string>, 
/**
 * One hint for whoever does it.
 */
cue: string | null, 
/**
 * Its video, if it has one.
 */
video: Video | null, 
/**
 * Archived: kept for the rounds and templates that use it, no longer offered for new ones.
 */
archived: boolean, 
/**
 * Grows by one with every change; goes into `If-Match`.
 */
version: number, };

export type ExerciseBests = { 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * The set with the most weight; null where it is the body's own.
 */
heaviest: BestSet | null, 
/**
 * The most repetitions by weight, heaviest first: of two sets, the lighter one has more.
 */
reps: Array<BestSet>, 
/**
 * The greatest estimated one-repetition maximum.
 */
e1rm: Estimate | null, 
/**
 * Whether that estimate beat one of a session before, of those that are asked for.
 */
e1rm_beat: boolean, 
/**
 * The session with the most volume.
 */
volume: BestVolume | null, 
/**
 * The set that took longest.
 */
longest: BestSet | null, 
/**
 * The set that went farthest.
 */
farthest: BestSet | null, };

export type ExerciseDraft = { 
/**
 * Its name: 1 to 100 characters, some of them visible, unlike that of any other exercise of the studio. What can't be
 * seen or sets a direction is left out.
 */
name: string, 
/**
 * What kind it is.
 */
category: Category, 
/**
 * Which inputs a planner offers for it: at least one, each once.
 */
fields: Array<Field>, 
/**
 * Other names it is found by: at most 20, each of 1 to 100 characters.
 */
aliases: Array<string>, 
/**
 * The muscles it works: at most 20 words, each of 1 to 50 characters.
 */
muscles: Array<string>, 
/**
 * One hint for whoever does it, of at most 500 characters.
 */
cue: string | null, };

export type ExerciseId = string;

export type ExerciseKind = "working" | "warm_up" | "drop" | Unrecognised;

export type ExerciseRecord = { 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * What they did the last time.
 */
last: LastDone | null, 
/**
 * The greatest estimate of those 90 days, if there is one.
 */
estimate: Estimate | null, };

export type ExerciseReport = { 
/**
 * Which exercise of the round.
 */
id: ItemId, 
/**
 * How hard it was, 0 to 10.
 */
effort: number, 
/**
 * Whether it hurt.
 */
pain: boolean, 
/**
 * Where it hurt.
 */
pain_regions: Array<Region>, 
/**
 * A note of at most 500 characters.
 */
note: string | null, 
/**
 * What was really done; absent keeps what was logged while training.
 */
actual: Values | null, };

export type ExerciseVolume = { 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * How many working sets were done.
 */
sets: number, 
/**
 * Weight times repetitions of all of them, in kilograms.
 */
kg: number, };

export type Failure = { 
/**
 * What went wrong.
 */
code: FailureCode, 
/**
 * Which inputs are wrong, and how.
 */
fields: Array<FieldProblem>, 
/**
 * A path or position that helps the person to fix the problem; never prose to show on its own.
 */
detail: string | null, 
/**
 * The server's id of the request, for support.
 */
request_id: string | null, 
/**
 * After how many seconds a retry makes sense.
 */
retry_after_s: number | null, };

export type FailureCode = LocalCode | ProblemCode;

export type Feedback = { 
/**
 * How hard it was, 0 to 10.
 */
effort: number, 
/**
 * Whether it hurt.
 */
pain: boolean, 
/**
 * Where it hurt: at least one region when it did, none when it did not.
 */
pain_regions: Array<Region>, 
/**
 * A note of at most 500 characters.
 */
note: string | null, };

export type Field = "weight" | "reps" | "distance" | "time" | "effort" | "notes" | Unrecognised;

export type FieldCode = "required" | "invalid" | "unknown-field" | "too-short" | "too-long" | "out-of-range" | "out-of-order" | "in-future" | "duplicate" | "unknown-reference" | "regions-missing" | "regions-without-pain" | "wrong-password" | "too-common" | "contains-name" | "not-repeated" | Unrecognised;

export type FieldProblem = { 
/**
 * JSON pointer of the field.
 */
pointer: string, 
/**
 * What is wrong with it.
 */
code: FieldCode, };

export type Import = { 
/**
 * Its id.
 */
id: ImportId, 
/**
 * Whose sessions these are.
 */
athlete_id: UserId, 
/**
 * Who sent the file.
 */
by: Person, 
/**
 * When.
 */
at: Timestamp, 
/**
 * Where it stands.
 */
state: ImportState, 
/**
 * Which tracker the file is from.
 */
format: ImportFormat, 
/**
 * The unit of its weights.
 */
unit: UnitFinding, 
/**
 * Where its times were noted, by its name in the IANA database.
 */
timezone: string, 
/**
 * How many sets, weights and other rows it has. A line with several sets counts as many.
 */
rows: number, 
/**
 * How many sets.
 */
sets: number, 
/**
 * How many weights of the athlete's body.
 */
weights: number, 
/**
 * How many of them are here already, and stay as they are.
 */
weights_here: number, 
/**
 * The rows that are left out, by line.
 */
skipped: Array<SkippedRow>, 
/**
 * The exercises it names, in the order in which they come.
 */
exercises: Array<MappedExercise>, 
/**
 * How many sessions it has.
 */
sessions: number, 
/**
 * How many of them are here already, and stay as they are.
 */
already_here: number, 
/**
 * Those that are here with other content.
 */
changed: Array<ChangedSession>, 
/**
 * The columns that there is no place for, although they have something in them.
 */
unused_columns: Array<string>, 
/**
 * When it was committed.
 */
committed_at: Timestamp | null, 
/**
 * Until when it can be taken back.
 */
take_back_until: Timestamp | null, };

export type ImportFormat = "strong" | "hevy" | "fitnotes" | "fitnotes_body" | "stronglifts" | "gymbook" | "ringside" | Unrecognised;

export type ImportId = string;

export type ImportState = "dry_run" | "committing" | "committed" | "taking_back" | Unrecognised;

export type ImportSummary = { 
/**
 * Its id.
 */
id: ImportId, 
/**
 * Who sent the file.
 */
by: Person, 
/**
 * Where it stands.
 */
state: ImportState, 
/**
 * Which tracker the file is from.
 */
format: ImportFormat, 
/**
 * How many sessions are stored of it. Those that were here before it are not among them.
 */
sessions: number, 
/**
 * How many weights of the athlete's body.
 */
weights: number, 
/**
 * When it was committed.
 */
committed_at: Timestamp, 
/**
 * Until when it can be taken back.
 */
take_back_until: Timestamp, };

export type Invitation = { 
/**
 * The secret in it.
 */
code: string, 
/**
 * The link to hand on: a page that opens the application, or offers it.
 */
link: string, 
/**
 * The link that opens the application by itself.
 */
deep_link: string, 
/**
 * What it is for.
 */
purpose: InvitationPurpose, 
/**
 * Until when it can be used.
 */
expires_at: Timestamp, };

export type InvitationPreview = { 
/**
 * What it is for.
 */
purpose: InvitationPurpose, 
/**
 * The person's name.
 */
name: string, 
/**
 * The address they will sign in with.
 */
email: string, 
/**
 * Their studio.
 */
studio: StudioName, 
/**
 * The language of their windows.
 */
locale: Locale, 
/**
 * Until when it can be used.
 */
expires_at: Timestamp, };

export type InvitationPurpose = "invite" | "reset" | Unrecognised;

export type InvitedUser = { 
/**
 * The person.
 */
user: User, 
/**
 * Their invitation.
 */
invitation: Invitation, };

export type ItemId = string;

export type JournalDraft = { 
/**
 * The text: at most 4,000 characters, some of them visible.
 */
text: string, 
/**
 * Whether it stands beside every plan for the athlete.
 */
pinned: boolean, };

export type JournalEntry = { 
/**
 * Its id.
 */
id: JournalEntryId, 
/**
 * Whom it is about.
 */
athlete_id: UserId, 
/**
 * Who wrote it.
 */
by: Person, 
/**
 * When it was written, by the server's clock. An edit leaves it as it is.
 */
at: Timestamp, 
/**
 * The text, as it was typed.
 */
text: string, 
/**
 * Whether it stands beside every plan for the athlete.
 */
pinned: boolean, 
/**
 * Grows by one with every change; goes into `If-Match`.
 */
version: number, };

export type JournalEntryId = string;

export type JournalPage = { 
/**
 * The entries.
 */
entries: Array<JournalEntry>, 
/**
 * Where the next page begins; `null` on the last one.
 */
next: string | null, };

export type KeyringState = "available" | "locked" | "missing";

export type Kind = "session" | "exercise" | "athlete" | "template" | "note" | "journal-entry" | "weight" | Unrecognised;

export type KindedDocument = { "kind": "session", "entity": Session } | { "kind": "exercise", "entity": Exercise } | { "kind": "athlete", "entity": Athlete } | { "kind": "template", "entity": Template } | { "kind": "note", "entity": Note } | { "kind": "journal-entry", "entity": JournalEntry } | { "kind": "weight", "entity": Weight };

export type KioskMember = { 
/**
 * Their profile, which identifies them in calls.
 */
profile: string, 
/**
 * Their id: what the window stores for them is stored under it.
 */
user: UserId, 
/**
 * Their name.
 */
name: string, 
/**
 * How many of their changes are waiting to be sent.
 */
waiting: number, 
/**
 * Whether the kiosk may hold data of theirs that the server has not received or has refused.
 */
may_have_unsynced: boolean, 
/**
 * Whether they are in a training session that has begun.
 */
is_training: boolean, };

export type KioskView = { 
/**
 * The members, by name.
 */
members: Array<KioskMember>, 
/**
 * The profile of the member in the foreground, if there is one.
 */
foreground: string | null, 
/**
 * Whether the staff page is open.
 */
is_staff: boolean, 
/**
 * Whether the window fills the screen.
 */
fills_screen: boolean, 
/**
 * The system's keyring. Without it, members stay signed in only until the application ends.
 */
keyring: KeyringState, };

export type LastDone = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * What was done.
 */
actual: Values, 
/**
 * How hard it felt, if that is known.
 */
effort: number | null, };

export type Link = { 
/**
 * The state.
 */
state: LinkState, 
/**
 * The number of changes waiting to be sent.
 */
waiting: number, 
/**
 * Why it is not live, if known.
 */
reason: LocalCode | null, };

export type LinkState = "connecting" | "live" | "polling" | "offline" | "signed_out";

export type Load = { percent_of_e1rm: number; last_plus_kg?: never } | { last_plus_kg: number; percent_of_e1rm?: never } | { percent_of_e1rm?: never; last_plus_kg?: never };

export type LocalCode = "unreachable" | "no-answer" | "server-error" | "certificate" | "proxy-sign-in" | "refused-by-intermediary" | "not-ringside" | "other-version" | "bad-address" | "stream-held-back" | "not-signed-in" | "bad-config" | "data-directory" | "already-open" | "replica" | "disk-full" | "file-missing" | "replica-set-aside" | "newer-replica" | "in-session" | "system" | "on-kiosk" | "not-on-this-machine" | "not-a-pin" | "wrong-pin" | "too-many-pins" | "staff-only" | "still-waiting" | "internal";

export type Locale = "de" | "pt" | "en" | Unrecognised;

export type Machine = { 
/**
 * Whether the system starts the application when the person logs in; `null` where the system can't.
 */
starts_with_system: boolean | null, 
/**
 * Whether this machine may become a kiosk: not from a window that was opened for a named profile.
 */
may_become_kiosk: boolean, };

export type MappedExercise = { 
/**
 * Its name in the file, 1 to 100 characters.
 */
name: string, 
/**
 * The library's exercise; null for a new one, which is archived and of the category `own`.
 */
exercise_id: ExerciseId | null, };

export type MenuWords = { 
/**
 * Shows the application and its versions.
 */
about: string, 
/**
 * Opens the settings.
 */
settings: string, 
/**
 * The menu of services of other applications.
 */
services: string, 
/**
 * Hides the application.
 */
hide: string, 
/**
 * Hides every other application.
 */
hide_others: string, 
/**
 * Shows every application again.
 */
show_all: string, 
/**
 * Ends the application.
 */
quit: string, 
/**
 * The menu of edit commands.
 */
edit: string, 
/**
 * Undoes the last edit.
 */
undo: string, 
/**
 * Redoes the last edit.
 */
redo: string, 
/**
 * Cuts.
 */
cut: string, 
/**
 * Copies.
 */
copy: string, 
/**
 * Pastes.
 */
paste: string, 
/**
 * Selects everything.
 */
select_all: string, 
/**
 * The menu of view commands.
 */
view: string, 
/**
 * Switches full screen on or off.
 */
full_screen: string, 
/**
 * The menu of windows.
 */
window: string, 
/**
 * Minimises the window into the Dock.
 */
minimise: string, 
/**
 * Zooms the window.
 */
zoom: string, 
/**
 * Closes the window.
 */
close: string, 
/**
 * The help menu.
 */
help: string, 
/**
 * Shows the keyboard shortcuts.
 */
shortcuts: string, };

export type Message = { "type": "view", 
/**
 * Everything.
 */
view: View, } | { "type": "account", 
/**
 * The new value.
 */
account: AccountView, } | { "type": "entity", 
/**
 * The entity after the change.
 */
document: KindedDocument, 
/**
 * What the person may do in it now; `null` unless it is a session.
 */
permits: Permits | null, 
/**
 * The cause, so that a window can highlight the change and play a sound; `null` when there was no event: an
 * act that was shown was refused or discarded.
 */
cause: Cause | null, } | { "type": "gone", 
/**
 * Which.
 */
entity: EntityRef, 
/**
 * The cause; `null` when there was no event.
 */
cause: Cause | null, } | { "type": "refused", 
/**
 * The new value.
 */
refused: Array<RefusedAct>, } | { "type": "uploads", 
/**
 * The new value.
 */
uploads: Array<VideoUpload>, } | { "type": "presence", 
/**
 * The new value of theirs.
 */
presence: Presence, } | { "type": "update", 
/**
 * The new state.
 */
update: Update, } | { "type": "reveal", 
/**
 * Which session.
 */
session_id: SessionId | null, } | { "type": "kiosk", 
/**
 * The new value.
 */
kiosk: KioskView, } | { "type": "link_opened" } | { "type": "open", 
/**
 * Which.
 */
place: Place, } | { "type": "closing" } | { "type": "link", 
/**
 * The new state.
 */
link: Link, 
/**
 * What to add to this machine's clock to get the server's, in milliseconds.
 */
clock_offset_ms: number, };

export type MuscleVolume = { 
/**
 * The muscle, in the studio's words.
 */
muscle: string, 
/**
 * How many working sets were done.
 */
sets: number, 
/**
 * Weight times repetitions of all of them, in kilograms.
 */
kg: number, };

export type NewBest = { 
/**
 * What it is the best of, and in which unit.
 */
kind: BestKind, 
/**
 * How much it is.
 */
value: number, 
/**
 * How much it was before.
 */
before: number, };

export type Note = { 
/**
 * The session it is on.
 */
session_id: SessionId, 
/**
 * The text, as it was typed; may be empty.
 */
text: string, 
/**
 * Grows by one with every change; goes into `If-Match`. 0 while nothing has been written.
 */
version: number, };

export type Notice = { 
/**
 * What happened.
 */
title: string, 
/**
 * The details.
 */
body: string, 
/**
 * The session it is about, which a click leads to.
 */
session_id: SessionId | null, };

export type OpenedLink = { "kind": "session", 
/**
 * The session.
 */
session_id: SessionId, } | { "kind": "invitation", 
/**
 * Its code.
 */
code: string, 
/**
 * The server it is for; `null` if the link doesn't say.
 */
server: string | null, } | { "kind": "unreadable" };

export type Part = "athlete" | "trainer" | Unrecognised;

export type Permit = "join" | "cancel" | "add_round" | "edit_round" | "delete_round" | "release_round" | "recall_round" | "start_round" | "log_exercise" | "complete_round" | "correct_exercise";

export type Permits = { 
/**
 * With the session as a whole.
 */
session: Array<Permit>, 
/**
 * With its rounds; a round that nothing may be done with is absent.
 */
rounds: { [key in RoundId]: Array<Permit> }, };

export type Person = { 
/**
 * Their id.
 */
id: UserId, 
/**
 * Their name.
 */
name: string, };

export type Place = "settings" | "about" | "shortcuts";

export type PlannedExercise = { 
/**
 * Which exercise of the saved round this is; absent for a new one. Without it, the first exercise of the round
 * with the same `exercise_id` that nothing else names is meant, so that a plan sent without ids keeps entries.
 */
id: ItemId | null, 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * What it is there for; working where a new exercise doesn't say. Of an exercise of the saved round that doesn't
 * say, it stays what it was, and so do a range, `to_failure` and a load whose other values are the same: a client
 * from before these fields takes nothing away.
 */
kind: ExerciseKind | null, 
/**
 * What is to be done.
 */
planned: PlannedValues, 
/**
 * A hint of at most 500 characters.
 */
trainer_notes: string | null, };

export type PlannedValues = { 
/**
 * Weight in kilograms, −200 to 2,000. Less than nothing is help: an assisted pull-up takes 20 kg off.
 */
weight_kg: number | null, 
/**
 * Repetitions, 1 to 10,000; the least of them where `reps_to` is present.
 */
reps: number | null, 
/**
 * The most repetitions of a range, not less than `reps`.
 */
reps_to?: number | null, 
/**
 * As many repetitions as the athlete can.
 */
to_failure?: boolean, 
/**
 * Distance in metres, 0 to 1,000,000.
 */
distance_m: number | null, 
/**
 * Time in seconds, 1 to 86,400.
 */
time_s: number | null, 
/**
 * Intended effort, 0 to 10.
 */
effort: number | null, 
/**
 * Where the weight comes from. In a template it stands in place of a weight; in a round beside the weight that was
 * worked out, which is absent where the athlete has done nothing to work it out from.
 */
load?: Load | null, };

export type Presence = { 
/**
 * Who.
 */
athlete_id: UserId, 
/**
 * Whether they have a stream or a poll, or had one within the last 20 seconds.
 */
online: boolean, 
/**
 * Since when, by the server's clock; offline, since their last stream or poll ended.
 */
since: Timestamp, };

export type ProblemCode = "malformed-json" | "invalid-parameter" | "unsupported-media-type" | "not-acceptable" | "payload-too-large" | "method-not-allowed" | "invalid" | "token-missing" | "token-invalid" | "token-reused" | "wrong-credentials" | "too-many-attempts" | "role-forbidden" | "not-your-part" | "not-owner" | "not-found" | "idempotency-mismatch" | "version-missing" | "version-mismatch" | "cursor-expired" | "no-trainer" | "session-open" | "session-not-waiting" | "session-not-active" | "session-ended" | "round-not-draft" | "round-not-out" | "round-begun" | "round-completed" | "nothing-noted" | "another-round-out" | "final-round-exists" | "session-full" | "entries-would-be-lost" | "name-taken" | "email-taken" | "last-admin" | "has-athletes" | "deactivated" | "invitation-ended" | "library-full" | "templates-full" | "journal-full" | "weights-full" | "upload-too-large" | "not-a-video" | "not-a-picture" | "wrong-hash" | "wrong-offset" | "upload-incomplete" | "unreadable-file" | "unknown-format" | "import-too-large" | "import-final" | "too-many-uploads" | "storage-full" | "too-many-streams" | "too-many-commands" | "busy" | "draining" | "unavailable" | "timeout" | "internal" | Unrecognised;

export type RecordedExercise = { 
/**
 * The library's exercise, which may be archived.
 */
exercise_id: ExerciseId, 
/**
 * What was to be done, if there was a plan.
 */
planned: PlannedValues, 
/**
 * What was done.
 */
actual: Values, 
/**
 * How it was, if that is known.
 */
feedback: RecordedFeedback | null, };

export type RecordedFeedback = { 
/**
 * How hard it was, 0 to 10.
 */
effort: number, 
/**
 * Whether it hurt.
 */
pain: boolean, 
/**
 * Where it hurt.
 */
pain_regions: Array<Region>, 
/**
 * A note of at most 500 characters.
 */
note: string | null, };

export type RecordedRound = { 
/**
 * The exercises in order, 1 to 50.
 */
exercises: Array<RecordedExercise>, };

export type RefusedAct = { 
/**
 * Identifies it in calls.
 */
key: string, 
/**
 * When it was done.
 */
at: Timestamp, 
/**
 * The entity it was done on.
 */
subject: EntityRef, 
/**
 * The athlete of the session or of the journal, if still known.
 */
athlete: string | null, 
/**
 * The number of its round, if the round still exists.
 */
round_number: number | null, 
/**
 * What was done.
 */
what: ActName, 
/**
 * Why it was refused.
 */
code: FailureCode, 
/**
 * Which of its fields are invalid, and why.
 */
fields: Array<FieldProblem>, 
/**
 * The plan that was to be saved.
 */
plan: RoundPlan | null, 
/**
 * The feedback that was to be sent.
 */
reports: Array<ExerciseReport>, 
/**
 * The exercise that was to be saved.
 */
exercise: ExerciseDraft | null, 
/**
 * The template that was to be saved.
 */
template: TemplateDraft | null, 
/**
 * The correction that was to be made.
 */
correction: EnteredCorrection | null, 
/**
 * The text of the note that was to be saved. What it says now is in the list of notes.
 */
note: string | null, 
/**
 * The journal entry that was to be saved. What it says now is in the list of entries.
 */
journal: JournalDraft | null, 
/**
 * The weight that was to be saved. What it says now is in the list of weights.
 */
weight: WeightDraft | null, };

export type Region = "neck_shoulders" | "chest" | "upper_back" | "lower_back" | "abdomen" | "left_arm" | "right_arm" | "left_thigh_front" | "right_thigh_front" | "left_thigh_back" | "right_thigh_back" | "left_calf" | "right_calf" | "left_knee" | "right_knee" | Unrecognised;

export type Role = "athlete" | "trainer" | "admin" | Unrecognised;

export type Round = { 
/**
 * Its id.
 */
id: RoundId, 
/**
 * The session it belongs to.
 */
session_id: SessionId, 
/**
 * Its number, which grows with creation. A deleted draft leaves a gap, unless it was the last.
 */
number: number, 
/**
 * Where it stands.
 */
status: RoundStatus, 
/**
 * Whether completing it completes the session.
 */
is_final: boolean, 
/**
 * Rest after it, in seconds.
 */
rest_after_s: number | null, 
/**
 * When it was released last.
 */
released_at: Timestamp | null, 
/**
 * When the athlete began.
 */
started_at: Timestamp | null, 
/**
 * When the athlete completed it.
 */
completed_at: Timestamp | null, 
/**
 * Its exercises in order.
 */
exercises: Array<RoundExercise>, 
/**
 * Grows with every change of this round; goes into `If-Match`.
 */
version: number, };

export type RoundCounts = { 
/**
 * All; the athlete's count has no drafts.
 */
planned: number, 
/**
 * The completed ones.
 */
completed: number, };

export type RoundExercise = { 
/**
 * Its id.
 */
id: ItemId, 
/**
 * The library's exercise.
 */
exercise_id: ExerciseId, 
/**
 * The exercise's name when the round was saved.
 */
name: string, 
/**
 * The exercise's fields when the round was saved.
 */
fields: Array<Field>, 
/**
 * The exercise's video when the round was saved. Servers before this field say nothing.
 */
video: Video | null, 
/**
 * Its place in the round, from 0.
 */
position: number, 
/**
 * What it is there for.
 */
kind: ExerciseKind, 
/**
 * What is to be done.
 */
planned: PlannedValues, 
/**
 * The trainer's hint.
 */
trainer_notes: string | null, 
/**
 * What this athlete did with the exercise the last time, when the round was planned. Servers before this field say
 * nothing.
 */
last: LastDone | null, 
/**
 * What was really done; present means ticked off.
 */
actual: Values | null, 
/**
 * What the athlete said about it, once the round is completed.
 */
feedback: Feedback | null, 
/**
 * What was corrected since it was noted, oldest first. Servers before this field say nothing.
 */
corrections: Array<Correction>, 
/**
 * The bests that this set took from others, once the round is completed. Only the server knows them: nobody else has
 * everything that the athlete ever did. Empty is absent, as servers before this field leave it.
 */
bests?: Array<NewBest>, };

export type RoundId = string;

export type RoundPlan = { 
/**
 * Whether completing it completes the session.
 */
is_final: boolean, 
/**
 * Rest after it: 1 to 3,600 seconds, or none.
 */
rest_after_s: number | null, 
/**
 * The exercises in order, 1 to 50.
 */
exercises: Array<PlannedExercise>, };

export type RoundStatus = "draft" | "released" | "active" | "completed" | Unrecognised;

export type Session = { 
/**
 * Its id.
 */
id: SessionId, 
/**
 * Where it stands.
 */
status: SessionStatus, 
/**
 * Who trains.
 */
athlete: Person, 
/**
 * Who joined to lead it.
 */
trainer: Person | null, 
/**
 * When the athlete started it.
 */
started_at: Timestamp, 
/**
 * When the trainer joined.
 */
joined_at: Timestamp | null, 
/**
 * When it was completed or cancelled.
 */
ended_at: Timestamp | null, 
/**
 * Who cancelled it; nobody of the two if one of them can't take part any more.
 */
cancelled_by: CancelledBy | null, 
/**
 * Why it was cancelled, in their words.
 */
cancel_reason: string | null, 
/**
 * Its rounds by number. The athlete's copy holds no drafts.
 */
rounds: Array<Round>, 
/**
 * Whether it happened without Ringside and was entered afterwards. Servers before this field say nothing.
 */
recorded: boolean, 
/**
 * Whether it comes from a file of another tracker. Servers before this field say nothing.
 */
imported: boolean, 
/**
 * Grows by one with every event of this session.
 */
version: number, };

export type SessionEventName = "session-started" | "session-joined" | "session-cancelled" | "session-completed" | "round-saved" | "round-deleted" | "round-released" | "round-updated" | "round-recalled" | "round-started" | "exercise-logged" | "round-completed" | "exercise-corrected" | Unrecognised;

export type SessionId = string;

export type SessionPage = { 
/**
 * The sessions.
 */
sessions: Array<SessionSummary>, 
/**
 * Where the next page begins; `null` on the last one.
 */
next: string | null, };

export type SessionQuery = { 
/**
 * Only open or only ended ones.
 */
status?: SessionState | null, 
/**
 * Where the page begins: `next` of the one before.
 */
before?: string | null, 
/**
 * How many at most, 1 to 100.
 */
limit?: number | null, 
/**
 * Only those that began then or later.
 */
from?: Timestamp | null, 
/**
 * Only those that began before.
 */
to?: Timestamp | null, 
/**
 * Only those in which this exercise was done.
 */
exercise_id?: ExerciseId | null, };

export type SessionRecord = { 
/**
 * When it began.
 */
started_at: Timestamp, 
/**
 * When it ended.
 */
ended_at: Timestamp, 
/**
 * Its rounds in order, 1 to 200.
 */
rounds: Array<RecordedRound>, };

export type SessionState = "open" | "ended";

export type SessionStatus = "waiting" | "active" | "completed" | "cancelled" | Unrecognised;

export type SessionSummary = { 
/**
 * Its id.
 */
id: SessionId, 
/**
 * Where it stands.
 */
status: SessionStatus, 
/**
 * Who trained.
 */
athlete: Person, 
/**
 * Who led it.
 */
trainer: Person | null, 
/**
 * When it began.
 */
started_at: Timestamp, 
/**
 * When it ended.
 */
ended_at: Timestamp | null, 
/**
 * Whether it was entered afterwards.
 */
recorded: boolean, 
/**
 * Whether it comes from a file.
 */
imported: boolean, 
/**
 * How many rounds it has.
 */
rounds: RoundCounts, 
/**
 * Whether anything hurt.
 */
pain: boolean, 
/**
 * Grows by one with every event of the session.
 */
version: number, };

export type SignedOut = "by_person" | "by_server";

export type SkipReason = "rest_timer" | "note" | "measurement" | "empty" | "exercise_missing" | "exercise_name" | "bad_date" | "in_future" | "bad_number" | "out_of_range" | "unknown_unit" | "unit_contradiction" | "incomplete_row" | "too_many_cells" | "too_long" | "session_full" | "duplicate" | Unrecognised;

export type SkippedRow = { 
/**
 * The line it begins at, counted from 1.
 */
line: number, 
/**
 * Why.
 */
reason: SkipReason, };

export type StagedFile = { 
/**
 * Identifies it in `put_file` and in calls.
 */
id: StagedFileId, };

export type StagedFileId = string;

export type Stats = { 
/**
 * The exercises that are named below, by name.
 */
exercises: Array<StatsExercise>, 
/**
 * Estimated one-repetition maxima, by exercise.
 */
e1rm: Array<EstimateSeries>, 
/**
 * Bests, by exercise.
 */
bests: Array<ExerciseBests>, 
/**
 * What was done each week, oldest first. Weeks without a session are absent.
 */
volume: Array<WeekVolume>, 
/**
 * Planned and felt effort, by exercise.
 */
effort: Array<EffortSeries>, 
/**
 * What hurt each week, oldest first.
 */
pain: Array<WeekPain>, 
/**
 * What they weighed, oldest first.
 */
weights: Array<Weight>, };

export type StatsExercise = { 
/**
 * The library's exercise.
 */
id: ExerciseId, 
/**
 * Its name.
 */
name: string, 
/**
 * What kind it is.
 */
category: Category, };

export type StatsQuery = { 
/**
 * Only of sessions that began then or later.
 */
from?: Timestamp | null, 
/**
 * Only of those that began before.
 */
to?: Timestamp | null, 
/**
 * Only of this exercise.
 */
exercise_id?: ExerciseId | null, 
/**
 * In which time zone weeks begin, by its IANA name; without one in UTC.
 */
timezone?: string | null, };

export type Studio = { 
/**
 * Its id.
 */
id: StudioId, 
/**
 * Its name.
 */
name: string, 
/**
 * Its time zone, by its name in the IANA database; weeks are ISO weeks in it.
 */
time_zone: string, };

export type StudioId = string;

export type StudioName = { 
/**
 * Its name.
 */
name: string, };

export type Template = { 
/**
 * Its id.
 */
id: TemplateId, 
/**
 * Its name; another may have the same.
 */
name: string, 
/**
 * Whose it is. Nobody else changes it.
 */
owner: Person, 
/**
 * Whether all trainers of the studio see it.
 */
shared: boolean, 
/**
 * Its rounds in order. An exercise in them may have been archived since.
 */
rounds: Array<RoundPlan>, 
/**
 * Grows by one with every change; goes into `If-Match`.
 */
version: number, };

export type TemplateDraft = { 
/**
 * Its name: 1 to 100 characters, some of them visible. What can't be seen or sets a direction is left out.
 */
name: string, 
/**
 * Whether all trainers of the studio see it.
 */
shared: boolean, 
/**
 * Its rounds in order, 1 to 50, at most one of them the final one. Each exercise has at most one of `weight_kg` and
 * `load`. Ids of exercises in saved rounds are left out.
 */
rounds: Array<RoundPlan>, };

export type TemplateId = string;

export type Timestamp = string;

export type TrayWords = { 
/**
 * The connection state.
 */
state: string, 
/**
 * Brings the window to the front.
 */
open: string, 
/**
 * Ends the application.
 */
quit: string, };

export type UnitFinding = { 
/**
 * The unit; where the rows of a file name their units, that of the first one.
 */
unit: WeightUnit, 
/**
 * How it is known.
 */
source: UnitSource, 
/**
 * Where the file is silent, how many of its weights look like kilograms.
 */
like_kg: number, 
/**
 * And how many look like pounds.
 */
like_lb: number, };

export type UnitSource = "file" | "request" | "evidence" | "assumed" | Unrecognised;

export type Unrecognised = string & { readonly unrecognised: true };

export type Update = { "state": "unavailable" } | { "state": "unknown" } | { "state": "checking" } | { "state": "newest" } | { "state": "downloading", 
/**
 * The version.
 */
version: string, 
/**
 * What is new in it, by language.
 */
notes: { [key in string]: string }, 
/**
 * Bytes downloaded so far.
 */
done_bytes: number, 
/**
 * Total bytes, if the server says.
 */
total_bytes: number | null, } | { "state": "ready", 
/**
 * The version.
 */
version: string, 
/**
 * What is new in it, by language.
 */
notes: { [key in string]: string }, } | { "state": "installing", 
/**
 * The version.
 */
version: string, } | { "state": "installed", 
/**
 * The version.
 */
version: string, 
/**
 * What is new in it, by language.
 */
notes: { [key in string]: string }, } | { "state": "failed", 
/**
 * The version that failed, if it is known.
 */
version: string | null, 
/**
 * Why.
 */
code: UpdateProblem, };

export type UpdateProblem = "unreachable" | "no-answer" | "server-error" | "not-understood" | "interrupted" | "too-large" | "bad-signature" | "not-installed" | "trains-elsewhere" | "not-by-https" | "disk" | "busy" | "internal";

export type UploadState = "waiting" | "sending" | "checking" | "refused";

export type UsedIn = { 
/**
 * How many rounds have it, drafts included.
 */
rounds: number, 
/**
 * How many templates have it. Servers before templates say nothing.
 */
templates: number, };

export type User = { 
/**
 * Their id.
 */
id: UserId, 
/**
 * Their name.
 */
name: string, 
/**
 * The address they sign in with.
 */
email: string, 
/**
 * What they may be.
 */
roles: Array<Role>, 
/**
 * The language of their windows.
 */
locale: Locale, 
/**
 * The trainer assigned to them.
 */
trainer: Person | null, 
/**
 * Whether they can sign in.
 */
status: UserStatus, 
/**
 * When one of their devices last got new tokens; null if none ever did.
 */
last_seen_at: Timestamp | null, 
/**
 * When they were given the invitation that they have not claimed yet, whether or not it has expired; null if they
 * have none. Servers before this field say nothing.
 */
invited_at: Timestamp | null, 
/**
 * Grows by one with every change of the account; goes into `If-Match`.
 */
version: number, };

export type UserId = string;

export type UserPage = { 
/**
 * The people.
 */
users: Array<User>, 
/**
 * Where the next page begins; `null` on the last one.
 */
next: string | null, };

export type UserQuery = { 
/**
 * Any part of a name or an address.
 */
search: string | null, 
/**
 * Only those with this role.
 */
role: Role | null, 
/**
 * Only those with this status.
 */
status: UserStatus | null, 
/**
 * Where the page begins: `next` of the one before.
 */
after: string | null, 
/**
 * How many at most, 1 to 100.
 */
limit: number | null, };

export type UserStatus = "invited" | "active" | "deactivated" | Unrecognised;

export type Values = { 
/**
 * Weight in kilograms, −200 to 2,000. Less than nothing is help: an assisted pull-up takes 20 kg off.
 */
weight_kg: number | null, 
/**
 * Repetitions, 0 to 10,000: a try that failed is an answer.
 */
reps: number | null, 
/**
 * Distance in metres, 0 to 1,000,000.
 */
distance_m: number | null, 
/**
 * Time in seconds, 1 to 86,400.
 */
time_s: number | null, 
/**
 * Effort, 0 to 10.
 */
effort: number | null, };

export type VaultKind = "keyring" | "memory";

export type Versions = { 
/**
 * Tauri's.
 */
tauri: string, 
/**
 * The web view's, if it says so.
 */
web_view: string | null, 
/**
 * The system and the processor.
 */
system: string, };

export type Video = { 
/**
 * Its id.
 */
id: VideoId, 
/**
 * Its size in bytes.
 */
size_bytes: number, 
/**
 * How long it is, in seconds.
 */
duration_s: number, 
/**
 * Its width in pixels.
 */
width: number, 
/**
 * Its height in pixels.
 */
height: number, 
/**
 * Its media type, such as `video/mp4`.
 */
media_type: string, 
/**
 * Whether there is a picture to show before it plays.
 */
has_poster: boolean, };

export type VideoId = string;

export type VideoPart = "video" | "poster";

export type VideoUpload = { 
/**
 * The exercise.
 */
exercise_id: ExerciseId, 
/**
 * The file's name, as the person knows it.
 */
name: string, 
/**
 * The file's size in bytes.
 */
size_bytes: number, 
/**
 * How many of these bytes the server has acknowledged.
 */
sent_bytes: number, 
/**
 * Its state.
 */
state: UploadState, 
/**
 * Why it was refused; `null` in every other state.
 */
problem: FailureCode | null, };

export type View = { 
/**
 * The profile this window is bound to.
 */
profile: string, 
/**
 * The server's address.
 */
server: string, 
/**
 * The application's version.
 */
app_version: string, 
/**
 * The connection state.
 */
link: Link, 
/**
 * Why nobody is signed in; `null` while somebody is.
 */
signed_out: SignedOut | null, 
/**
 * Whether the lists below are known, from the replica or the server; false means: show skeletons.
 */
loaded: boolean, 
/**
 * What the person may do in each of these sessions now.
 */
permits: { [key in SessionId]: Permits }, 
/**
 * What the person did offline and the server then refused.
 */
refused: Array<RefusedAct>, 
/**
 * For trainers: which of their athletes are there, as far as the stream has said so. Who is not in it has not been
 * there. It says nothing while the connection is not live.
 */
presence: Array<Presence>, 
/**
 * The videos on their way to the server, in the order in which they are sent.
 */
uploads: Array<VideoUpload>, 
/**
 * What to add to this machine's clock to get the server's, in milliseconds; 0 until it is known.
 */
clock_offset_ms: number, 
/**
 * A notice about this machine, shown once.
 */
notice: LocalCode | null, 
/**
 * The update state.
 */
update: Update, 
/**
 * Who is signed in.
 */
me: Account | null, 
/**
 * Where the sign-in is kept.
 */
vault: VaultKind, 
/**
 * Whether they may start a session once none of theirs is open.
 */
may_start_session: boolean, 
/**
 * Whether they may set up a kiosk, on a machine that may become one.
 */
may_set_up_kiosk: boolean, 
/**
 * Training sessions with their rounds.
 */
sessions: Array<Session>, 
/**
 * Exercises of the studio's library.
 */
exercises: Array<Exercise>, 
/**
 * For trainers: the athletes assigned to them.
 */
athletes: Array<Athlete>, 
/**
 * For trainers: their own templates, and those that others of the studio share.
 */
templates: Array<Template>, 
/**
 * For trainers: their private notes on these sessions.
 */
notes: Array<Note>, 
/**
 * For trainers: from the journals about their athletes, the pinned entries and the last ones, newest first.
 */
journal_entries: Array<JournalEntry>, 
/**
 * Of the person and of the athletes assigned to them: what each weighed in the last 90 days, newest first.
 */
weights: Array<Weight>, };

export type Week = string;

export type WeekPain = { 
/**
 * The Monday it begins on.
 */
week: Week, 
/**
 * Where it hurt.
 */
region: Region, 
/**
 * In how many exercises.
 */
times: number, };

export type WeekVolume = { 
/**
 * The Monday it begins on.
 */
week: Week, 
/**
 * How many sessions began in it. With `exercise_id`: how many had that exercise.
 */
sessions: number, 
/**
 * How many working sets were done.
 */
sets: number, 
/**
 * Weight times repetitions of all of them, in kilograms.
 */
kg: number, 
/**
 * The load of its sessions, mean effort times minutes; null where no effort is known, and with `exercise_id`.
 */
load: number | null, 
/**
 * The same by exercise.
 */
exercises: Array<ExerciseVolume>, 
/**
 * The same by muscle. A set counts for each muscle of its exercise.
 */
muscles: Array<MuscleVolume>, };

export type Weight = { 
/**
 * Its id.
 */
id: WeightId, 
/**
 * Whose it is.
 */
athlete_id: UserId, 
/**
 * Kilograms, with three decimals.
 */
weight_kg: number, 
/**
 * When they weighed that.
 */
at: Timestamp, 
/**
 * A note.
 */
note: string | null, 
/**
 * Grows by one with every change; goes into `If-Match`.
 */
version: number, };

export type WeightDraft = { 
/**
 * Kilograms, 20 to 300. Rounded to three decimals.
 */
weight_kg: number, 
/**
 * When they weighed that, at most five minutes ahead of the server's clock and not before 1900. Absent or null: now,
 * or as it was.
 */
at: Timestamp | null, 
/**
 * A note of at most 500 characters.
 */
note: string | null, };

export type WeightId = string;

export type WeightPage = { 
/**
 * The weights.
 */
weights: Array<Weight>, 
/**
 * Where the next page begins; `null` on the last one.
 */
next: string | null, };

export type WeightUnit = "kg" | "lb" | Unrecognised;

/** What people may enter. */
export const LIMITS = {
  "actual": {
    "distance_m": {
      "max": 1000000.0,
      "min": 0.0
    },
    "effort": {
      "max": 10.0,
      "min": 0.0
    },
    "reps": {
      "max": 10000.0,
      "min": 0.0
    },
    "time_s": {
      "max": 86400.0,
      "min": 1.0
    },
    "weight_kg": {
      "max": 2000.0,
      "min": -200.0
    }
  },
  "body_weight_kg": {
    "max": 300.0,
    "min": 20.0
  },
  "code_points_per_char": 4,
  "cue_chars": 500,
  "effort": {
    "max": 10.0,
    "min": 0.0
  },
  "exercise_name_chars": 100,
  "import_bytes": 20000000,
  "load": {
    "last_plus_kg": {
      "max": 200.0,
      "min": -200.0
    },
    "percent_of_e1rm": {
      "max": 200.0,
      "min": 1.0
    }
  },
  "name_chars": 100,
  "note_chars": 500,
  "password_chars": {
    "max": 200.0,
    "min": 8.0
  },
  "planned": {
    "distance_m": {
      "max": 1000000.0,
      "min": 0.0
    },
    "effort": {
      "max": 10.0,
      "min": 0.0
    },
    "reps": {
      "max": 10000.0,
      "min": 1.0
    },
    "time_s": {
      "max": 86400.0,
      "min": 1.0
    },
    "weight_kg": {
      "max": 2000.0,
      "min": -200.0
    }
  },
  "poster_bytes": 40960,
  "private_text_chars": 4000,
  "rest_s": {
    "max": 3600.0,
    "min": 1.0
  },
  "session_rounds": 200,
  "template_name_chars": 100,
  "template_rounds": 50,
  "video_bytes": 50000000,
  "video_s": 600.0
} as const;

/** A pound in kilograms, exactly. */
export const KG_PER_LB = 0.45359237 as const;

/** For how many days an import can be taken back. */
export const TAKE_BACK_DAYS = 30 as const;

/** What the server calls people who were erased, and an exercise that only their files had. */
export const FORMER_NAMES = {
  "admin": "Former admin",
  "athlete": "Former athlete",
  "exercise": "Former exercise",
  "trainer": "Former trainer"
} as const;

/** How many digits a PIN has. */
export const PIN_DIGITS = {
  "member": {
    "max": 4,
    "min": 4
  },
  "studio": {
    "max": 8,
    "min": 4
  }
} as const;

/** The most bytes one `put_file` takes. */
export const FILE_PIECE_BYTES = 1048576 as const;

/** Whose act leads to an event. Either part may have cancelled a session: the session says which. */
export const EVENT_PARTS = {
  "exercise-logged": "athlete",
  "round-completed": "athlete",
  "round-deleted": "trainer",
  "round-recalled": "trainer",
  "round-released": "trainer",
  "round-saved": "trainer",
  "round-started": "athlete",
  "round-updated": "trainer",
  "session-completed": "athlete",
  "session-joined": "trainer",
  "session-started": "athlete"
} as const;

/** Whether anything may still happen in a session. */
export const SESSION_IS_OPEN = {
  "active": true,
  "cancelled": false,
  "completed": false,
  "waiting": true
} as const;

/** Whether a round is in front of the athlete. */
export const ROUND_IS_OUT = {
  "active": true,
  "completed": false,
  "draft": false,
  "released": true
} as const;

export interface AccountCalls {
  view: { args: {}; reply: null };
  sign_in: { args: { email: string; password: string }; reply: Account };
  look_at_invitation: { args: { code: string; server: string | null }; reply: InvitationPreview };
  claim_invitation: { args: { code: string; server: string | null; password: string }; reply: Account };
  sign_out: { args: { everywhere: boolean }; reply: null };
  choose_server: { args: { url: string }; reply: string };
  change_me: { args: { name: string | null; locale: Locale | null; weight_unit: WeightUnit | null }; reply: Account };
  change_password: { args: { current_password: string; new_password: string }; reply: null };
  try_now: { args: {}; reply: null };
}

export interface SessionCalls {
  start_session: { args: {}; reply: Session };
  join_session: { args: { session_id: SessionId }; reply: Session };
  cancel_session: { args: { session_id: SessionId; reason: string | null }; reply: Session };
  add_round: { args: { session_id: SessionId; plan: RoundPlan; release: boolean }; reply: Round };
  edit_round: { args: { round_id: RoundId; version: number; plan: RoundPlan; release: boolean }; reply: Round };
  delete_round: { args: { round_id: RoundId; version: number }; reply: null };
  restore_round: { args: { round: Round }; reply: Round };
  release_round: { args: { round_id: RoundId }; reply: Round };
  recall_round: { args: { round_id: RoundId }; reply: Round };
  start_round: { args: { round_id: RoundId }; reply: Round };
  log_exercise: { args: { round_id: RoundId; item_id: ItemId; actual: Values | null }; reply: Round };
  complete_round: { args: { round_id: RoundId; reports: Array<ExerciseReport> }; reply: Round };
  discard_act: { args: { key: string }; reply: null };
  retry_act: { args: { key: string }; reply: null };
}

export interface HistoryCalls {
  list_sessions: { args: { athlete_id: UserId; query: SessionQuery }; reply: SessionPage };
  read_session: { args: { session_id: SessionId }; reply: Session };
  list_sets: { args: { athlete_id: UserId; exercise_id: ExerciseId; limit: number }; reply: Array<DoneSet> };
  athlete_stats: { args: { athlete_id: UserId; query: StatsQuery }; reply: Stats };
  correct_exercise: { args: { session_id: SessionId; round_id: RoundId; item_id: ItemId; version: number; actual: Values; reason: string | null }; reply: Round };
  record_session: { args: { athlete_id: UserId; session: SessionRecord }; reply: Session };
}

export interface PeopleCalls {
  list_users: { args: { query: UserQuery }; reply: UserPage };
  read_user: { args: { user_id: UserId }; reply: User };
  add_user: { args: { user: CreateUser }; reply: InvitedUser };
  change_user: { args: { user_id: UserId; version: number; change: ChangeUser }; reply: User };
  invite_user: { args: { user_id: UserId }; reply: Invitation };
  withdraw_invitation: { args: { user_id: UserId }; reply: null };
  list_devices: { args: { user_id: UserId }; reply: Array<Device> };
  end_device: { args: { user_id: UserId; device_id: string }; reply: null };
  erase_user: { args: { user_id: UserId; confirm: string }; reply: null };
  export_person: { args: { user_id: UserId }; reply: string };
  list_audit: { args: { after: string | null }; reply: AuditPage };
  list_my_devices: { args: {}; reply: Array<Device> };
  end_my_device: { args: { device_id: string }; reply: null };
}

export interface PlanningCalls {
  create_template: { args: { draft: TemplateDraft }; reply: Template };
  edit_template: { args: { template_id: TemplateId; version: number; draft: TemplateDraft }; reply: Template };
  delete_template: { args: { template_id: TemplateId; version: number }; reply: null };
  restore_template: { args: { template: Template }; reply: Template };
  work_out: { args: { athlete_id: UserId; rounds: Array<RoundPlan>; unit: WeightUnit }; reply: Array<RoundPlan> };
}

export interface LibraryCalls {
  create_exercise: { args: { draft: ExerciseDraft }; reply: Exercise };
  edit_exercise: { args: { exercise_id: ExerciseId; version: number; draft: ExerciseDraft }; reply: Exercise };
  archive_exercise: { args: { exercise_id: ExerciseId; version: number }; reply: null };
  restore_exercise: { args: { exercise: Exercise }; reply: Exercise };
  archived_exercises: { args: {}; reply: Array<Exercise> };
  exercise_use: { args: { exercise_id: ExerciseId }; reply: UsedIn };
  stage_file: { args: { size_bytes: number }; reply: StagedFile };
  discard_file: { args: { file: StagedFileId }; reply: null };
  set_exercise_video: { args: { exercise_id: ExerciseId; name: string; media_type: string; video: StagedFileId; poster: StagedFileId | null }; reply: null };
  cancel_video_upload: { args: { exercise_id: ExerciseId }; reply: null };
  remove_exercise_video: { args: { exercise_id: ExerciseId }; reply: null };
}

export interface NotesCalls {
  save_note: { args: { session_id: SessionId; version: number; text: string }; reply: Note };
  read_note: { args: { session_id: SessionId }; reply: Note };
  create_journal_entry: { args: { athlete_id: UserId; text: string; pinned: boolean }; reply: JournalEntry };
  edit_journal_entry: { args: { entry_id: JournalEntryId; version: number; text: string; pinned: boolean }; reply: JournalEntry };
  delete_journal_entry: { args: { entry_id: JournalEntryId; version: number }; reply: null };
  restore_journal_entry: { args: { entry: JournalEntry }; reply: JournalEntry };
  list_journal: { args: { athlete_id: UserId; after: string | null }; reply: JournalPage };
}

export interface WeightsCalls {
  create_weight: { args: { draft: WeightDraft }; reply: Weight };
  edit_weight: { args: { weight_id: WeightId; version: number; draft: WeightDraft }; reply: Weight };
  delete_weight: { args: { weight_id: WeightId; version: number }; reply: null };
  restore_weight: { args: { weight: Weight }; reply: Weight };
  list_weights: { args: { athlete_id: UserId; after: string | null }; reply: WeightPage };
}

export interface ImportsCalls {
  stage_import: { args: { size_bytes: number }; reply: StagedFile };
  read_import: { args: { athlete_id: UserId; file: StagedFileId; unit: WeightUnit | null; timezone: string | null }; reply: Import };
  show_import: { args: { import_id: ImportId }; reply: Import };
  commit_import: { args: { import_id: ImportId; mapping: Array<MappedExercise> }; reply: Import };
  take_back_import: { args: { athlete_id: UserId; import_id: ImportId }; reply: null };
  list_imports: { args: { athlete_id: UserId }; reply: Array<ImportSummary> };
  import_exercises: { args: {}; reply: Array<Exercise> };
}

export interface HostCalls {
  notify: { args: { notice: Notice }; reply: null };
  show_in_tray: { args: { words: TrayWords }; reply: null };
  show_in_menu: { args: { words: MenuWords }; reply: null };
  opened_link: { args: {}; reply: OpenedLink | null };
  close_window: { args: {}; reply: null };
  ask_to_close: { args: {}; reply: null };
  is_asking: { args: {}; reply: null };
  toggle_full_screen: { args: {}; reply: null };
  versions: { args: {}; reply: Versions };
  diagnostics: { args: {}; reply: string };
  keep_awake: { args: { on: boolean }; reply: null };
  machine: { args: {}; reply: Machine };
  start_with_system: { args: { on: boolean }; reply: Machine };
  become_kiosk: { args: { pin: string }; reply: null };
}

export interface UpdateCalls {
  check_for_update: { args: {}; reply: null };
  install_update: { args: {}; reply: null };
}

export type Calls = AccountCalls & SessionCalls & HistoryCalls & PeopleCalls & PlanningCalls & LibraryCalls & NotesCalls & WeightsCalls & ImportsCalls & HostCalls & UpdateCalls;

export interface KioskCalls {
  pick: { args: { profile: string; pin: string }; reply: null };
  admit: { args: { email: string; password: string; pin: string }; reply: null };
  admit_invited: { args: { code: string; password: string; pin: string }; reply: null };
  lock: { args: {}; reply: null };
  open_staff: { args: { pin: string }; reply: null };
  fill_screen: { args: { on: boolean }; reply: null };
  remove_member: { args: { profile: string; confirmed: boolean }; reply: null };
  end_kiosk: { args: { confirmed: boolean }; reply: null };
}
