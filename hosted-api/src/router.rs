//! Every route and who may use it: one table, which the authorisation test reads as well.

use std::collections::HashSet;
use std::sync::Arc;

use axum::{Router, middleware};
use training::Part;
use training::wire::Role;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::access::Access;
use crate::app::App;
use crate::endpoints::{
    account, athletes, audit, auth, exercises, feed, imports, invitations, journal, notes, operating, pages, rounds,
    sessions, templates, updates, uploads, users, videos, weights,
};
use crate::http::{boundary, method_not_allowed, not_found, refuse_unknown_parameters};
use crate::openapi;

/// A route and who may use it.
pub(crate) type Entry = (Access, UtoipaMethodRouter<Arc<App>>);

/// The table.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Entry> {
    use Access::{
        AdminOf, AdminOrThemself, Anyone, AthleteAndTrainer, AthleteAndTrainers, HasRole, Importer, Owner, OwnerWithRole, Participant, ParticipantAs,
        SignedIn, Staff, StaffOf, StudioOf, TrainerOf, Uploader,
    };
    vec![
        (Anyone,                        routes!(operating::health::health)),
        (Anyone,                        routes!(operating::readiness::readiness)),
        (Anyone,                        routes!(auth::sign_in::sign_in)),
        (Anyone,                        routes!(auth::refresh::refresh)),
        (Anyone,                        routes!(updates::check::check_update)),
        (Anyone,                        routes!(updates::download::download_artefact)),
        (Anyone,                        routes!(invitations::look::look_at_invitation)),
        (Anyone,                        routes!(invitations::claim::claim_invitation)),
        (Anyone,                        routes!(pages::home::home)),
        (Anyone,                        routes!(pages::join::join)),
        (Anyone,                        routes!(pages::download::download)),
        (SignedIn,                      routes!(auth::sign_out::sign_out)),
        (SignedIn,                      routes!(account::read::me)),
        (SignedIn,                      routes!(account::change::change_me)),
        (SignedIn,                      routes!(account::change_password::change_password)),
        (SignedIn,                      routes!(account::devices::list_my_devices)),
        (Owner,                         routes!(account::end_device::end_my_device)),
        (SignedIn,                      routes!(feed::snapshot::snapshot)),
        (SignedIn,                      routes!(feed::follow::feed)),
        (SignedIn,                      routes!(exercises::list::list_exercises)),
        (SignedIn,                      routes!(sessions::list::list_sessions)),
        (Staff,                         routes!(exercises::create::create_exercise)),
        (StaffOf,                       routes!(exercises::read::read_exercise)),
        (StaffOf,                       routes!(exercises::edit::edit_exercise)),
        (StaffOf,                       routes!(exercises::archive::archive_exercise)),
        (StaffOf,                       routes!(exercises::restore::restore_exercise)),
        (StaffOf,                       routes!(exercises::set_video::set_exercise_video)),
        (StaffOf,                       routes!(exercises::remove_video::remove_exercise_video)),
        (Staff,                         routes!(uploads::begin::begin_upload)),
        (Uploader,                      routes!(uploads::read::read_upload)),
        (Uploader,                      routes!(uploads::append::append_to_upload)),
        (Uploader,                      routes!(uploads::end::end_upload)),
        (StudioOf,                      routes!(videos::download::download_video)),
        (StudioOf,                      routes!(videos::poster::download_poster)),
        (HasRole(Role::Admin),          routes!(users::list::list_users)),
        (HasRole(Role::Admin),          routes!(users::create::create_user)),
        (AdminOf,                       routes!(users::read::read_user)),
        (AdminOf,                       routes!(users::change::change_user)),
        (AdminOf,                       routes!(users::invite::invite_user)),
        (AdminOf,                       routes!(users::withdraw_invitation::withdraw_invitation)),
        (AdminOf,                       routes!(users::devices::list_devices)),
        (AdminOf,                       routes!(users::end_device::end_device)),
        (AdminOf,                       routes!(users::erase::erase_user)),
        (AdminOrThemself,               routes!(users::export::export_user)),
        (HasRole(Role::Admin),          routes!(audit::list::list_audit)),
        (HasRole(Role::Trainer),        routes!(templates::list::list_templates)),
        (HasRole(Role::Trainer),        routes!(templates::create::create_template)),
        (OwnerWithRole(Role::Trainer),  routes!(templates::edit::edit_template)),
        (OwnerWithRole(Role::Trainer),  routes!(templates::delete::delete_template)),
        (HasRole(Role::Athlete),        routes!(sessions::start::start_session)),
        (AthleteAndTrainers,            routes!(athletes::sessions::list_athlete_sessions)),
        (AthleteAndTrainers,            routes!(athletes::sets::list_sets)),
        (AthleteAndTrainer,             routes!(athletes::record_session::record_session)),
        (Importer,                      routes!(imports::read_file::read_import_file)),
        (Importer,                      routes!(imports::list::list_imports)),
        (Importer,                      routes!(imports::read::read_import)),
        (Importer,                      routes!(imports::commit::commit_import)),
        (Importer,                      routes!(imports::take_back::take_import_back)),
        (AthleteAndTrainer,             routes!(athletes::stats::read_stats)),
        (AthleteAndTrainer,             routes!(weights::list::list_weights)),
        (OwnerWithRole(Role::Athlete),  routes!(weights::create::create_weight)),
        (OwnerWithRole(Role::Athlete),  routes!(weights::edit::edit_weight)),
        (OwnerWithRole(Role::Athlete),  routes!(weights::delete::delete_weight)),
        (Participant,                   routes!(sessions::read::read_session)),
        (Participant,                   routes!(sessions::cancel::cancel_session)),
        (ParticipantAs(Part::Trainer),  routes!(sessions::join::join_session)),
        (ParticipantAs(Part::Trainer),  routes!(rounds::add::add_round)),
        (ParticipantAs(Part::Trainer),  routes!(rounds::edit::edit_round)),
        (ParticipantAs(Part::Trainer),  routes!(rounds::delete::delete_round)),
        (ParticipantAs(Part::Trainer),  routes!(rounds::release::release_round)),
        (ParticipantAs(Part::Trainer),  routes!(rounds::recall::recall_round)),
        (Participant,                   routes!(rounds::correct_exercise::correct_exercise)),
        (ParticipantAs(Part::Trainer),  routes!(notes::read::read_note)),
        (ParticipantAs(Part::Trainer),  routes!(notes::save::save_note)),
        (TrainerOf,                     routes!(journal::list::list_journal)),
        (TrainerOf,                     routes!(journal::create::create_journal_entry)),
        (TrainerOf,                     routes!(journal::edit::edit_journal_entry)),
        (TrainerOf,                     routes!(journal::delete::delete_journal_entry)),
        (ParticipantAs(Part::Athlete),  routes!(rounds::start::start_round)),
        (ParticipantAs(Part::Athlete),  routes!(rounds::log_exercise::log_exercise)),
        (ParticipantAs(Part::Athlete),  routes!(rounds::complete::complete_round)),
        (ParticipantAs(Part::Athlete),  routes!(rounds::late_feedback::late_feedback)),
    ]
}

/// The routes of the table as a service, with the document that describes them.
pub(crate) fn router(app: &Arc<App>) -> (Router, OpenApi) {
    let (router, document) = described_routes();
    let router = openapi::serve(router, &document)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(app), boundary))
        .with_state(Arc::clone(app));
    (router, document)
}

/// The routes of the table, without what surrounds them, and the document that describes them.
pub(crate) fn described_routes() -> (Router<Arc<App>>, OpenApi) {
    let mut router = OpenApiRouter::with_openapi(openapi::base_document());
    for (access, routes) in table() {
        router = router.routes(with_known_parameters(openapi::describe(access, routes)));
    }
    let (router, mut document) = router.split_for_parts();
    openapi::complete_document(&mut document);
    (router, document)
}

/// The route, refusing query parameters that its description does not have.
fn with_known_parameters(routes: UtoipaMethodRouter<Arc<App>>) -> UtoipaMethodRouter<Arc<App>> {
    let known: HashSet<String> = openapi::operations(&routes.1)
        .flat_map(|(_, _, operation)| operation.parameters.iter().flatten())
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
            _ => None,
        })
        .collect();
    routes.layer(middleware::from_fn_with_state(Arc::new(known), refuse_unknown_parameters))
}
