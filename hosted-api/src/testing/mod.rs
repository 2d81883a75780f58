//! Test fixtures: a real server on a real database, and people who use it over HTTP.
//!
//! A test of an endpoint is written once, inside [`on_both_databases`], and runs on SQLite and on Postgres, each in a
//! database of its own that is removed afterwards. A test that needs no database, or only one of them, is an ordinary
//! one.

mod call;
mod release_builder;
mod signer;
mod stream;
mod world;

pub(crate) use call::{Call, Reply};
pub(crate) use release_builder::ReleaseBuilder;
pub(crate) use signer::Signer;
pub(crate) use stream::TestStream;

pub(crate) use world::{Client, World};

/// Turns each test into two: one on SQLite, one on Postgres.
macro_rules! on_both_databases {
    ($(async fn $name:ident($world:ident: World) $body:block)+) => {$(
        async fn $name($world: $crate::testing::World) $body

        // A module may share the name of a function, so the two tests are grouped under the test's name.
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::testing::World::on_sqlite(super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                $crate::testing::World::on_postgres(super::$name).await;
            }
        }
    )+};
}

pub(crate) use on_both_databases;
