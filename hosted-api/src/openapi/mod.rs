//! The description of the API, generated from the handlers, and the pages that show it.

mod limits;
mod requests;

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use axum::{Router, middleware};
use training::Problem;
use training::wire::{Bye, Hello, Presence};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder,
    Schema,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::access::Access;
use crate::app::App;
use crate::http::Nothing;

const BEARER: &str = "access_token";

/// The bytes of a file, as a body.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct FileBytes(#[allow(dead_code, reason = "only its schema is used")] Vec<u8>);

/// What the pages may load and do: what they are made of comes from here, and so does the document they show. Swagger's
/// script sets styles, and its icons are `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document without any route.
pub(crate) fn base_document() -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An access token.")).build();
    let components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .schema(Problem::name(), Problem::schema())
        .schemas_from_iter(additional_schemas())
        .schema(Nothing::name(), Nothing::schema())
        .build();
    let info = InfoBuilder::new()
        .title("Ringside")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Live training sessions. Errors are `application/problem+json` with a stable `code`. Commands take an \
             `Idempotency-Key`: sent again under the same key, they are answered again and not done again. A person \
             sends at most 10,000 commands a day; then 429.",
        ))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// A route with what all routes share: problems and, unless anyone may use it, the token.
pub(crate) fn describe(access: Access, mut routes: UtoipaMethodRouter<Arc<App>>) -> UtoipaMethodRouter<Arc<App>> {
    let problem = ResponseBuilder::new()
        .description("A problem")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build(),
        )
        .build();
    for (method, operation) in operations_mut(&mut routes.1) {
        operation.responses.responses.insert("default".to_owned(), problem.clone().into());
        if access != Access::Anyone {
            operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
        }
        // Bytes that are added to an upload are told apart by their offset. An import knows what it has done already.
        let is_without = matches!(access, Access::Anyone | Access::SignedIn | Access::Uploader | Access::Importer);
        if method != "GET" && !is_without {
            operation.parameters.get_or_insert_default().push(idempotency_key().into());
        }
        // HTTP gives the body of a DELETE no meaning, so none is described, though an empty object is accepted.
        if method == "POST" {
            operation.request_body.get_or_insert_with(|| empty_body().into());
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

/// The body of an act without data.
fn empty_body() -> RequestBody {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Nothing::name()))).build();
    RequestBodyBuilder::new().content("application/json", content).required(Some(Required::False)).build()
}

/// Adds to the whole document what no handler declares: how strictly requests are read, and their limits.
pub(crate) fn complete_document(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    requests::make_strict(&mut document.paths, components);
    limits::limit_fields(components);
    for (_, operation) in operations_mut(&mut document.paths) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                limits::limit_parameter(parameter);
            }
        }
    }
}

/// `/openapi.json` and `/docs`.
pub(crate) fn serve(router: Router<Arc<App>>, document: &OpenApi) -> Router<Arc<App>> {
    let pages = Router::from(SwaggerUi::new("/docs").url("/openapi.json", document.clone()));
    router.merge(pages.layer(middleware::map_response(with_policy)))
}

async fn with_policy(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// Every operation of these paths: path, name of the method, description.
pub(crate) fn operations(paths: &Paths) -> impl Iterator<Item = (&String, &'static str, &Operation)> {
    paths.paths.iter().flat_map(|(path, item)| {
        [("GET", &item.get), ("PUT", &item.put), ("POST", &item.post), ("PATCH", &item.patch), ("DELETE", &item.delete)]
            .into_iter()
            .filter_map(move |(method, operation)| operation.as_ref().map(|operation| (path, method, operation)))
    })
}

/// Every operation with the name of its method.
fn operations_mut(paths: &mut Paths) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    paths.paths.values_mut().flat_map(|item| {
        [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
    })
}

/// Schemas that no route names: the parts of a problem, and the data of the stream's own messages.
fn additional_schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![
        (Hello::name().into_owned(), Hello::schema()),
        (Bye::name().into_owned(), Bye::schema()),
        (Presence::name().into_owned(), Presence::schema()),
    ];
    Problem::schemas(&mut schemas);
    Hello::schemas(&mut schemas);
    Bye::schemas(&mut schemas);
    Presence::schemas(&mut schemas);
    schemas
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use training::SessionEventName;

    use crate::router::described_routes;

    /// The whole document, as it is served.
    pub(super) fn document() -> Value {
        json!(described_routes().1)
    }

    #[test]
    fn request_schemas_are_strict_and_response_schemas_are_not() {
        let schemas = &document()["components"]["schemas"];
        for strict in
            ["SignIn", "SaveRound", "PlannedExerciseInput", "PlannedValuesInput", "LoadInput", "ValuesInput", "Nothing"]
        {
            assert_eq!(schemas[strict]["additionalProperties"], false, "{strict}");
        }
        for open in ["Session", "Round", "RoundExercise", "Values", "Exercise", "Problem"] {
            assert!(schemas[open].is_object() && schemas[open].get("additionalProperties").is_none(), "{open}");
        }
        assert_eq!(schemas["RoundExercise"]["properties"]["planned"]["$ref"], "#/components/schemas/PlannedValues");
        let planned = &schemas["PlannedExerciseInput"]["properties"]["planned"]["$ref"];
        assert_eq!(planned, "#/components/schemas/PlannedValuesInput");
        for (values, fewest) in [("PlannedValuesInput", 1), ("ValuesInput", 0)] {
            assert_eq!(schemas[values]["properties"]["reps"]["minimum"], fewest, "{values}");
        }
    }

    #[test]
    fn described_event_names_equal_those_on_the_wire() {
        let document = document();
        let events = document["components"]["schemas"]["SessionChange"]["oneOf"].as_array().expect("events");
        let described: Vec<&str> =
            events.iter().filter_map(|event| event["properties"]["type"]["enum"][0].as_str()).collect();
        let sent: Vec<&str> = SessionEventName::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(described, sent);
    }

    #[test]
    fn an_optional_body_may_be_absent_and_is_never_null() {
        let document = document();
        for (path, name) in [
            ("/v1/rounds/{id}/release", "Nothing"),
            ("/v1/sessions", "Nothing"),
            ("/v1/sessions/{id}/cancel", "CancelSession"),
            ("/v1/auth/logout", "SignOut"),
        ] {
            let body = &document["paths"][path]["post"]["requestBody"];
            assert_ne!(body["required"], true, "{path}");
            let schema = &body["content"]["application/json"]["schema"];
            assert_eq!(*schema, json!({ "$ref": format!("#/components/schemas/{name}") }), "{path}");
        }
    }
}
