//! Makes the description state how strictly requests are read.
//!
//! A request with an unknown field is refused; a client ignores unknown fields of an answer. So the schemas of requests
//! forbid additional properties. One that answers use as well gets a copy for requests, called `…Input`.
//!
//! A parameter or a whole body that is optional may be left out. It can't be `null`, as an optional field can.

use std::collections::BTreeSet;

use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, SchemaType, Type};
use utoipa::openapi::{Components, Content, Ref, RefOr, Schema};

use super::operations_mut;

const PREFIX: &str = "#/components/schemas/";

/// Makes the schemas of requests strict.
pub(super) fn make_strict(paths: &mut Paths, components: &mut Components) {
    let (mut bodies, mut answers) = (BTreeSet::new(), BTreeSet::new());
    for (_, operation) in operations_mut(paths) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                parameter.schema.as_mut().map(drop_null);
            }
        }
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            body.content.values_mut().filter_map(schema_of).for_each(|schema| {
                drop_null(schema);
                collect(schema, components, &mut bodies);
            });
        }
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                let schemas = response.content.values_mut().filter_map(schema_of);
                schemas.for_each(|schema| collect(schema, components, &mut answers));
            }
        }
    }
    // Ids and words are the same in both directions.
    let is_object = |name: &&String| matches!(components.schemas.get(*name), Some(schema) if is_object(schema));
    let objects: BTreeSet<String> = bodies.iter().filter(is_object).cloned().collect();
    let shared: BTreeSet<&String> = objects.intersection(&answers).collect();
    let for_requests =
        |name: &str| if shared.iter().any(|it| *it == name) { format!("{name}Input") } else { name.to_owned() };
    for name in &objects {
        let Some(mut schema) = components.schemas.get(name).cloned() else { continue };
        visit(&mut schema, &mut |inner| rename(inner, &for_requests));
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
        components.schemas.insert(for_requests(name), schema);
    }
    for (_, operation) in operations_mut(paths) {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            body.content.values_mut().filter_map(schema_of).for_each(|schema| rename(schema, &for_requests));
        }
    }
}

fn schema_of(content: &mut RefOr<Content>) -> Option<&mut RefOr<Schema>> {
    match content {
        RefOr::T(content) => content.schema.as_mut(),
        RefOr::Ref(_) => None,
    }
}

fn is_object(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Object))
}

/// Removes `null` from what the schema allows.
fn drop_null(schema: &mut RefOr<Schema>) {
    let is_null = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    match schema {
        RefOr::T(Schema::Object(object)) => {
            if let SchemaType::Array(types) = &mut object.schema_type {
                types.retain(|one| *one != Type::Null);
                if let [one] = types.as_slice() {
                    object.schema_type = SchemaType::Type(one.clone());
                }
            }
        }
        RefOr::T(Schema::OneOf(either)) => {
            either.items.retain(|item| !is_null(item));
            if let [_] = either.items.as_slice() {
                *schema = either.items.remove(0);
            }
        }
        _ => {}
    }
}

/// Collects the names of all schemas that one refers to.
fn collect(schema: &RefOr<Schema>, components: &Components, names: &mut BTreeSet<String>) {
    visit(&mut schema.clone(), &mut |inner| {
        if let RefOr::Ref(reference) = inner
            && let Some(name) = reference.ref_location.strip_prefix(PREFIX)
            && names.insert(name.to_owned())
            && let Some(named) = components.schemas.get(name)
        {
            collect(named, components, names);
        }
    });
}

fn rename(schema: &mut RefOr<Schema>, name: &impl Fn(&str) -> String) {
    if let RefOr::Ref(reference) = schema
        && let Some(old) = reference.ref_location.strip_prefix(PREFIX)
    {
        reference.ref_location = Ref::from_schema_name(name(old)).ref_location;
    }
}

/// Calls `f` with a schema and all its inline subschemas.
fn visit(schema: &mut RefOr<Schema>, f: &mut impl FnMut(&mut RefOr<Schema>)) {
    f(schema);
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            object.properties.values_mut().for_each(|property| visit(property, f));
            if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
                visit(values, f);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                visit(items, f);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(|item| visit(item, f)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| visit(item, f)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| visit(item, f)),
        _ => {}
    }
}
