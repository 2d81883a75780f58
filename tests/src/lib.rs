//! System tests: a real server, real windows on a display of their own, a real keyring.
//!
//! A [`Stage`] holds it all; [`story`] runs the product's main scenario on it. The tests in `tests/tests` and the demo
//! share these parts. A [`Person`] and a kiosk run the real core without a window; tests assert the messages their
//! window would receive. Nothing here reaches into a program: what can't be seen on screen, over HTTP or in such a
//! message is not asserted.
//!
//! Deliberately absent: sleeps. Tests wait for the event itself, with a deadline only so that a failure ends.
//! Mocks are used only where the real thing can't exist, and are named so ([`HostMock`]).

mod application;
mod axe;
mod bus_mocks;
mod certificate;
mod clock;
mod console;
pub mod day_story;
mod deadline;
mod desktop;
mod device;
mod failure;
mod family;
mod focus;
mod group;
mod host_mock;
pub mod imports;
mod in_sight;
mod installed;
mod kiosk;
pub mod latency;
mod native;
mod page;
mod percentiles;
mod person;
mod place;
mod port;
mod postgres;
mod process;
mod programs;
mod proxy;
mod reverse_proxy;
mod screen;
mod screen_saver;
mod server;
mod stage;
mod stall;
pub mod story;
pub mod studio_story;
mod tls_proxy;
mod touch;
pub mod video;
mod window;
mod window_manager;

pub use application::Application;
pub use axe::Violation;
pub use bus_mocks::{RefusingInstanceMock, UnansweredPromptMock};
pub use clock::WrongClock;
pub use deadline::IN_TIME;
pub use desktop::Desktop;
pub use device::Device;
pub use failure::Failure;
pub use family::{application, family};
pub use group::{Group, Trainee};
pub use host_mock::HostMock;
pub use installed::Installed;
pub use kiosk::{KioskState, MessageLog, STUDIO_PIN, TestKiosk, options as core_options};
pub use native::NativeKey;
pub use percentiles::Percentiles;
pub use person::Person;
pub use place::Place;
pub use postgres::Postgres;
pub use programs::{program_path, root};
pub use proxy::{NetworkCondition, Proxy};
pub use reverse_proxy::ReverseProxy;
pub use screen::show;
pub use screen_saver::ScreenSaverMock;
pub use server::{Account, Database, Server};
pub use stage::{Stage, screenshot_on_failure};
pub use stall::without_stalls;
pub use tls_proxy::{Tampering, TlsProxy};
pub use window::Window;
pub use window_manager::{WindowChange, WindowManager};
