//! The pages: in the visitor's language, with the installers, and nothing a browser would have to trust.

use super::operating::answer_to;
use crate::testing::{ReleaseBuilder, on_both_databases};
use crate::updates::{Change, Channel, change};

const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36";

on_both_databases! {
    async fn b48_the_installers_of_the_stable_channel_are_offered_the_visitor_s_first(world: World) {
        let builder = ReleaseBuilder::new();
        let names: [(&str, &[u8]); 2] = [("Ringside_1.0.0_amd64.deb", b"deb"), ("Ringside_1.0.0_x64-setup.exe", b"exe")];
        world.publish(&builder.publication(Channel::Stable, "1.0.0", &names)).await.expect("published");
        world.publish(&builder.deb(Channel::Beta, "2.0.0-beta.1")).await.expect("published");
        let page = world.call("GET", "/download").header("user-agent", LINUX).header("accept-language", "en").send().await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        let (deb, exe) = (page.text.find("amd64.deb").expect("there"), page.text.find("setup.exe").expect("there"));
        assert!(deb < exe);
        assert!(page.text.contains(&crate::updates::hash(b"deb")) && page.text.contains("0.1 MB"), "{}", page.text);
        assert!(!page.text.contains("beta"));
        let page = world.call("GET", "/download").header("user-agent", WINDOWS).send().await;
        assert!(page.text.find("setup.exe") < page.text.find("amd64.deb"));
        assert!(page.text.contains("lang=\"de\""));
        let link = page.text.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
        assert_eq!(world.call("GET", &format!("/{link}")).send().await.text, "exe");

        let halt = Change::Halt;
        change(&world.app.store, Channel::Stable, &"1.0.0".parse().expect("a version"), halt).await.expect("halted");
        let page = world.call("GET", "/join").header("accept-language", "pt-BR").send().await;
        assert!(page.text.contains("lang=\"pt\"") && !page.text.contains("setup.exe"));
    }

    async fn the_page_of_an_invitation_lets_one_script_run_and_names_the_server(world: World) {
        let page = world.call("GET", "/join").header("accept-language", "en").send().await;
        let policy = page.header("content-security-policy").to_owned();
        let script = page.text.split("<script>").nth(1).and_then(|rest| rest.split("</script>").next()).expect("a script");
        let style = page.text.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
        for text in [script, style] {
            use base64::Engine;
            use sha2::{Digest, Sha256};
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        }
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(script.contains("ringside://claim/"));
        assert!(page.text.contains(&format!("data-server=\"{}\"", world.base)), "{}", page.text);
        assert!(page.text.contains("<noscript>"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        for foreign in ["https://", "src=", "style=\"", "onclick", "<link"] {
            assert!(!page.text.contains(foreign), "{foreign}: {}", page.text);
        }
    }

    async fn the_server_s_address_leads_to_the_installers(world: World) {
        let answer = answer_to(&world, "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await;
        let answer = answer.to_lowercase();
        assert!(answer.starts_with("http/1.1 303 "), "{answer}");
        assert!(answer.contains("\r\nlocation: /download\r\n"), "{answer}");
        assert!(answer.contains("\r\ncache-control: no-store, no-transform\r\n"), "{answer}");
        let page = world.call("GET", "/").header("accept-language", "en").send().await;
        assert_eq!((page.status.as_u16(), page.header("content-language")), (200, "en"), "a browser follows");
        assert_eq!(world.call("POST", "/").send().await.code(), "method-not-allowed");
    }

    async fn a_server_without_installers_says_in_each_language_who_does_what(world: World) {
        for (path, language, ask) in [
            ("/join", "de", "frag in deinem Studio"), ("/download", "de", "frag in deinem Studio"),
            ("/join", "pt", "pergunte no seu estúdio"), ("/join", "en", "ask in your studio"),
        ] {
            let page = world.call("GET", path).header("accept-language", language).send().await;
            assert_eq!(page.header("content-language"), language);
            for text in [ask, "ringside-api release publish", "docs/operating.md", "Installers"] {
                assert!(page.text.contains(text), "{text}: {}", page.text);
            }
            let data = world.artefacts().display().to_string();
            assert!(!page.text.contains(&data), "nothing of the machine is said: {}", page.text);
        }
    }
}
