//! The macro that declares calls: once for the core that answers them, the code that dispatches them, and the window.

/// Declares calls: the enum of a received call, the trait that answers it, the dispatch between the two, and the
/// TypeScript.
macro_rules! calls {
    (
        $(#[$of_call:meta])* enum $Call:ident;
        $(#[$of_calls:meta])* trait $Calls:ident;
        $(#[$of_dispatch:meta])* fn $dispatch:ident;
        $( $(#[$doc:meta])* $name:ident / $variant:ident { $($arg:ident : $ty:ty),* $(,)? } -> $reply:ty; )+
    ) => {
        $(#[$of_call])*
        #[derive(Deserialize)]
        #[serde(tag = "name", content = "args", rename_all = "snake_case", deny_unknown_fields)]
        pub enum $Call {
            $( $(#[$doc])* $variant { $(#[allow(missing_docs)] $arg: $ty),* }, )+
        }

        impl $Call {
            /// The names of the calls, as a window uses them.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// The calls as a TypeScript interface: names, arguments, replies.
            pub(crate) fn interface(config: &ts_rs::Config) -> String {
                let mut text = format!("export interface {} {{\n", stringify!($Calls));
                $(
                    let args: &[(&str, String)] = &[$((stringify!($arg), <$ty as TS>::name(config))),*];
                    let args: Vec<String> = args.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                    let args = if args.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", args.join("; ")) };
                    let reply = if stringify!($reply) == "()" { "null".to_owned() } else { <$reply as TS>::name(config) };
                    text.push_str(&format!("  {}: {{ args: {args}; reply: {reply} }};\n", stringify!($name)));
                )+
                text.push_str("}\n");
                text
            }

            /// Shows `visitor` every type a call mentions.
            pub(crate) fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
                $( $( visitor.visit::<$ty>(); <$ty as TS>::visit_generics(visitor); )*
                   visitor.visit::<$reply>(); <$reply as TS>::visit_generics(visitor); )+
            }
        }

        $(#[$of_calls])*
        pub trait $Calls {
            $( $(#[$doc])*
            fn $name(&self, $($arg: $ty),*) -> impl Future<Output = Result<$reply, Failure>> + Send; )+
        }

        $(#[$of_dispatch])*
        pub(crate) async fn $dispatch(to: &(impl $Calls + Sync), call: $Call) -> Result<serde_json::Value, Failure> {
            let reply = match call {
                $( $Call::$variant { $($arg),* } => serde_json::to_value(to.$name($($arg),*).await?), )+
            };
            reply.map_err(|error| Failure::local(LocalCode::Internal).because(error))
        }
    };
}
