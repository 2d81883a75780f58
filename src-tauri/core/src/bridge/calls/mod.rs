//! The calls a window may make, by subject.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::Failure;

/// The table of subjects: module, name, call enum, trait and dispatch function of each.
macro_rules! subjects {
    ($($module:ident: $subject:ident($call:ident, $calls:ident, $dispatch:ident),)+) => {
        $(mod $module;)+
        $(
            pub use self::$module::{$call, $calls};
            use self::$module::$dispatch;
        )+

        /// A call from a window, as received.
        #[allow(missing_docs, reason = "each subject is documented at its calls")]
        pub enum Call {
            $($subject($call),)+
        }

        /// Answers the calls of one window, whatever they are about.
        pub trait Calls: $($calls +)+ {}

        impl<T: $($calls +)+> Calls for T {}

        /// Dispatches a call to the method that answers it.
        ///
        /// # Errors
        /// The [`Failure`] of the call.
        pub async fn dispatch(to: &(impl Calls + Sync), call: Call) -> Result<serde_json::Value, Failure> {
            match call {
                $(Call::$subject(call) => $dispatch(to, call).await,)+
            }
        }

        impl<'de> Deserialize<'de> for Call {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let call = serde_json::Value::deserialize(deserializer)?;
                let name = call["name"].as_str().unwrap_or_default();
                $(
                    if $call::NAMES.contains(&name) {
                        return serde_json::from_value(call).map(Self::$subject).map_err(D::Error::custom);
                    }
                )+
                Err(D::Error::custom(format_args!("there is no call {name:?}")))
            }
        }

        impl Call {
            /// The calls as TypeScript interfaces: names, arguments, replies.
            pub(crate) fn interfaces(config: &ts_rs::Config) -> String {
                let interfaces = [$($call::interface(config)),+];
                let names = [$(stringify!($calls)),+];
                format!("{}\nexport type Calls = {};\n", interfaces.join("\n"), names.join(" & "))
            }

            /// Shows `visitor` every type a call mentions.
            pub(crate) fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
                $($call::visit_types(visitor);)+
            }
        }
    };
}

subjects! {
    account: Account(AccountCall, AccountCalls, dispatch_account),
    session: Session(SessionCall, SessionCalls, dispatch_session),
    history: History(HistoryCall, HistoryCalls, dispatch_history),
    people: People(PeopleCall, PeopleCalls, dispatch_people),
    planning: Planning(PlanningCall, PlanningCalls, dispatch_planning),
    library: Library(LibraryCall, LibraryCalls, dispatch_library),
    notes: Notes(NotesCall, NotesCalls, dispatch_notes),
    weights: Weights(WeightsCall, WeightsCalls, dispatch_weights),
    imports: Imports(ImportsCall, ImportsCalls, dispatch_imports),
    host: Host(HostCall, HostCalls, dispatch_host),
    update: Update(UpdateCall, UpdateCalls, dispatch_update),
}
