//! Every route, and who may take it: one table, which the authorisation test reads as well.

use std::collections::HashSet;
use std::sync::Arc;

use axum::{Router, middleware};
use training::Part;
use training::wire::Role;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::app::App;
use crate::endpoints::{
    add_round, cancel_session, change_me, change_password, check_update, complete_round, delete_round,
    download_artefact, edit_round, feed, health, join_session, late_feedback, list_exercises, list_sessions,
    log_exercise, me, metrics, read_session, readiness, recall_round, refresh, release_round, sign_in, sign_out,
    snapshot, start_round, start_session,
};
use crate::http::{boundary, method_not_allowed, not_found, refuse_unknown_parameters};
use crate::openapi;

/// Who may take a route. Somebody else's session does not exist for a caller, whatever their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without signing in.
    Anyone,
    /// Whoever is signed in; about themselves.
    SignedIn,
    /// Whoever holds this role.
    Holder(Role),
    /// Both people of the session that is named.
    Both,
    /// The one in this part of the session that is named, itself or by a round.
    In(Part),
}

/// A route and who may take it.
pub(crate) type Entry = (Access, UtoipaMethodRouter<Arc<App>>);

/// The table.
#[rustfmt::skip]
pub(crate) fn table() -> Vec<Entry> {
    use Access::{Anyone, Both, Holder, In, SignedIn};
    vec![
        (Anyone,                routes!(health::health)),
        (Anyone,                routes!(readiness::readiness)),
        (Anyone,                routes!(metrics::metrics)),
        (Anyone,                routes!(sign_in::sign_in)),
        (Anyone,                routes!(refresh::refresh)),
        (Anyone,                routes!(check_update::check_update)),
        (Anyone,                routes!(download_artefact::download_artefact)),
        (SignedIn,              routes!(sign_out::sign_out)),
        (SignedIn,              routes!(me::me)),
        (SignedIn,              routes!(change_me::change_me)),
        (SignedIn,              routes!(change_password::change_password)),
        (SignedIn,              routes!(snapshot::snapshot)),
        (SignedIn,              routes!(feed::feed)),
        (SignedIn,              routes!(list_exercises::list_exercises)),
        (SignedIn,              routes!(list_sessions::list_sessions)),
        (Holder(Role::Athlete), routes!(start_session::start_session)),
        (Both,                  routes!(read_session::read_session)),
        (Both,                  routes!(cancel_session::cancel_session)),
        (In(Part::Trainer),     routes!(join_session::join_session)),
        (In(Part::Trainer),     routes!(add_round::add_round)),
        (In(Part::Trainer),     routes!(edit_round::edit_round)),
        (In(Part::Trainer),     routes!(delete_round::delete_round)),
        (In(Part::Trainer),     routes!(release_round::release_round)),
        (In(Part::Trainer),     routes!(recall_round::recall_round)),
        (In(Part::Athlete),     routes!(start_round::start_round)),
        (In(Part::Athlete),     routes!(log_exercise::log_exercise)),
        (In(Part::Athlete),     routes!(complete_round::complete_round)),
        (In(Part::Athlete),     routes!(late_feedback::late_feedback)),
    ]
}

/// The routes of the table as a service, with the document that describes them.
pub(crate) fn router(app: &Arc<App>) -> (Router, OpenApi) {
    let mut router = OpenApiRouter::with_openapi(openapi::frame());
    for (access, routes) in table() {
        router = router.routes(with_known_parameters(openapi::described(access, routes)));
    }
    let (router, document) = router.split_for_parts();
    let router = openapi::serve(router, &document)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(app), boundary))
        .with_state(Arc::clone(app));
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
