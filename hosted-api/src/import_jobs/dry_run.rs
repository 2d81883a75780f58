//! Reading a file: a plan is made of it and kept, and nothing else.

use std::sync::Arc;

use axum::body::Body;
use imports::{Names, Options, Plan, Unreadable, read};
use jiff::tz::TimeZone;
use training::imports::{Import, ImportFormat, ImportState, WeightUnit};
use training::library::name_key;
use training::{ImportId, ProblemCode, StudioId, Timestamp, UserId};
use uuid::Uuid;

use super::check_importer;
use super::describe::describe_plan;
use super::plans::on_thread;
use crate::app::App;
use crate::clock;
use crate::commands::{lock_athlete, take_turn};
use crate::http::{ApiError, Caller, CollectedBody};
use crate::store::{ImportHead, PlanText};

/// How many files that were read and not committed are kept of one athlete.
const KEPT_DRY_RUNS: u32 = 5;

/// What a request says of a file.
pub(crate) struct FileOptions {
    pub(crate) athlete: UserId,
    pub(crate) unit: Option<WeightUnit>,
    /// The name of a time zone; the studio's if absent.
    pub(crate) time_zone: Option<String>,
}

/// Reads a file and keeps the plan.
pub(crate) async fn read_file(
    app: &Arc<App>,
    caller: &Caller,
    options: FileOptions,
    body: Body,
) -> Result<Import, ApiError> {
    let file = match check(app, caller, &options).await {
        Ok(time_zone) => app.bodies.file(body).await.map(|file| (file, time_zone)),
        Err(error) => {
            app.bodies.discard(body).await;
            Err(error)
        }
    };
    let (file, time_zone) = file?;
    let studio = caller.account.studio.id;
    let now = clock::now();
    let names = names(app, studio).await?;
    let plan = parse(app, file, options.unit, time_zone.clone(), (now, names)).await?;
    let plan = with_remembered(app, studio, plan).await?;
    let head = ImportHead {
        id: ImportId(Uuid::now_v7()),
        studio,
        athlete: options.athlete,
        by: caller.person(),
        at: now,
        format: plan.format,
        time_zone: time_zone.iana_name().unwrap_or("UTC").to_owned(),
        state: ImportState::DryRun,
        done: 0,
        committed_at: None,
        exercises: Vec::new(),
        created: Vec::new(),
        taken_back_by: None,
    };
    let (plan, text) = on_thread(app, move || PlanText::of(&plan).map(|text| (plan, text))).await??;
    let mut tx = app.store.write().await?;
    let part = lock_athlete(&mut tx, caller, head.athlete).await?;
    part.ok_or_else(|| ApiError::new(ProblemCode::NotFound))?;
    tx.add_import(&head, text, KEPT_DRY_RUNS).await?;
    tx.commit().await?;
    describe_plan(app, head, plan).await
}

/// Whether the caller may import for the athlete now; returns the time zone that is meant.
async fn check(app: &App, caller: &Caller, options: &FileOptions) -> Result<TimeZone, ApiError> {
    check_importer(app, caller, options.athlete).await?;
    if options.unit.is_some_and(|unit| !unit.is_known()) {
        return Err(ApiError::new(ProblemCode::InvalidParameter).detail("unit is kg or lb"));
    }
    let name = options.time_zone.as_deref().unwrap_or(&caller.account.studio.time_zone);
    let unknown = |_| ApiError::new(ProblemCode::InvalidParameter).detail("timezone is a name such as Europe/Berlin");
    let time_zone = TimeZone::get(name).map_err(unknown)?;
    take_turn(app, caller)?;
    Ok(time_zone)
}

/// What exercises are called in a studio. Those that are not archived are found first.
async fn names(app: &App, studio: StudioId) -> Result<Names, ApiError> {
    let mut exercises = app.store.exercises(studio).await?;
    exercises.sort_by_key(|exercise| exercise.archived);
    let mut names = Names::default();
    for exercise in &exercises {
        names.add(&exercise.name, exercise.id);
    }
    // An alias of one is perhaps the name of another.
    for (alias, id) in exercises.iter().flat_map(|exercise| exercise.aliases.iter().map(move |it| (it, exercise.id))) {
        names.add(alias, id);
    }
    Ok(names)
}

/// Reads a file on a thread for what takes long.
async fn parse(
    app: &App,
    file: CollectedBody,
    unit: Option<WeightUnit>,
    time_zone: TimeZone,
    (now, names): (Timestamp, Names),
) -> Result<Plan, ApiError> {
    let work = move || read(file.bytes(), &Options { unit, time_zone, now, names: &names });
    on_thread(app, work).await?.map_err(unreadable)
}

fn unreadable(error: Unreadable) -> ApiError {
    let code = match error {
        _ if error.is_too_large() => ProblemCode::ImportTooLarge,
        Unreadable::UnknownFormat => ProblemCode::UnknownFormat,
        _ => ProblemCode::UnreadableFile,
    };
    ApiError::new(code).detail(error.to_string())
}

/// The plan with what was chosen for its names before.
async fn with_remembered(app: &App, studio: StudioId, mut plan: Plan) -> Result<Plan, ApiError> {
    let remembered = app.store.import_mappings(studio, plan.format).await?;
    // An export of Ringside calls its exercises as libraries do; other trackers do not.
    let is_export = plan.format == ImportFormat::Ringside;
    for exercise in plan.exercises.iter_mut().filter(|exercise| !(is_export && exercise.exercise_id.is_some())) {
        if let Some(chosen) = remembered.get(&name_key(&exercise.name)) {
            exercise.exercise_id = Some(*chosen);
        }
    }
    Ok(plan)
}
