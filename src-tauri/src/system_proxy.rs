//! The proxy of the desktop's settings. Only on Linux: the other systems' settings are read by reqwest.

use ringside_core::ProxyLookup;

/// Asks GIO, which knows the settings of GNOME, of KDE through libproxy, and of a sandbox's portal, and evaluates a proxy
/// configuration script (PAC).
#[cfg(target_os = "linux")]
pub(crate) const LOOKUP: Option<ProxyLookup> = Some(linux::lookup);
#[cfg(not(target_os = "linux"))]
pub(crate) const LOOKUP: Option<ProxyLookup> = None;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use gtk::gio::{Cancellable, ProxyResolver, prelude::ProxyResolverExt};

    /// A script has to be fetched first. Without an answer the connection is tried directly.
    const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

    pub(super) fn lookup(url: &str) -> Option<String> {
        let (sender, receiver) = mpsc::channel();
        let url = url.to_owned();
        thread::spawn(move || {
            let found = ProxyResolver::default().lookup(&url, Cancellable::NONE);
            // Nobody waits for it any more after a while.
            sender.send(found.map(|proxies| proxies.into_iter().map(String::from).collect())).ok();
        });
        match receiver.recv_timeout(ANSWERS_WITHIN) {
            Ok(Ok(proxies)) => first_usable(proxies),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the desktop's proxy settings can't be read");
                None
            }
            Err(_) => {
                tracing::warn!("the desktop's proxy settings are not answered in time");
                None
            }
        }
    }

    /// They come in the order in which they are to be tried; a direct connection is one of them.
    fn first_usable(proxies: Vec<String>) -> Option<String> {
        let usable = |proxy: &String| ["direct:", "http:", "https:"].iter().any(|scheme| proxy.starts_with(scheme));
        proxies.into_iter().find(usable).filter(|proxy| !proxy.starts_with("direct:"))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn usable(proxies: &[&str]) -> Option<String> {
            first_usable(proxies.iter().map(|proxy| (*proxy).to_owned()).collect())
        }

        #[test]
        fn the_first_proxy_that_can_be_used_counts() {
            let http = Some("http://proxy.example:3128".to_owned());
            assert_eq!(usable(&["socks://proxy.example:1080", "http://proxy.example:3128", "direct://"]), http);
            assert_eq!(usable(&["direct://", "http://proxy.example:3128"]), None);
            assert_eq!(usable(&["socks://proxy.example:1080"]), None);
            assert_eq!(usable(&[]), None);
        }
    }
}
