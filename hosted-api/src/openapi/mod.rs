//! The description of the API, generated from the handlers, and the pages that show it.

use std::sync::Arc;

use axum::Router;
use training::Problem;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, Required, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::router::Access;

const BEARER: &str = "access_token";

/// The document without any route.
pub(crate) fn frame() -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An access token.")).build();
    let components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .schema(Problem::name(), Problem::schema())
        .schemas_from_iter(problem_schemas())
        .build();
    let info = InfoBuilder::new()
        .title("Ringside")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Live training sessions. Errors are `application/problem+json` with a stable `code`. Commands take an \
             `Idempotency-Key`: sent again under the same key, they are answered again and not done again.",
        ))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// A route with what all of its kind have in common: problems, and the token.
pub(crate) fn described(access: Access, mut routes: UtoipaMethodRouter<Arc<App>>) -> UtoipaMethodRouter<Arc<App>> {
    let problem = ResponseBuilder::new()
        .description("A problem")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build(),
        )
        .build();
    for (is_get, operation) in operations_mut(&mut routes.1) {
        operation.responses.responses.insert("default".to_owned(), problem.clone().into());
        if access != Access::Anyone {
            operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
        }
        if !is_get && !matches!(access, Access::Anyone | Access::SignedIn) {
            operation.parameters.get_or_insert_default().push(idempotency_key().into());
        }
    }
    routes
}

/// The header every command takes.
fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("1 to 100 visible ASCII characters, the same for every try of one act"))
        .schema(Some(String::schema()))
        .build()
}

/// `/openapi.json` and `/docs`.
pub(crate) fn serve(router: Router<Arc<App>>, document: &OpenApi) -> Router<Arc<App>> {
    router.merge(SwaggerUi::new("/docs").url("/openapi.json", document.clone()))
}

/// Every operation of these paths: path, name of the method, description.
pub(crate) fn operations(paths: &Paths) -> impl Iterator<Item = (&String, &'static str, &Operation)> {
    paths.paths.iter().flat_map(|(path, item)| {
        [("GET", &item.get), ("PUT", &item.put), ("POST", &item.post), ("PATCH", &item.patch), ("DELETE", &item.delete)]
            .into_iter()
            .filter_map(move |(method, operation)| operation.as_ref().map(|operation| (path, method, operation)))
    })
}

/// Every operation, and whether it only reads.
fn operations_mut(paths: &mut Paths) -> impl Iterator<Item = (bool, &mut Operation)> {
    paths.paths.values_mut().flat_map(|item| {
        let reads = item.get.as_mut().map(|operation| (true, operation));
        let changes = [&mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten();
        reads.into_iter().chain(changes.map(|operation| (false, operation)))
    })
}

fn problem_schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    schemas
}
