//! What an admin does beside the trainings: somebody is invited, and opens the link.

use crate::failure::Failure;
use crate::place::Place;
use crate::stage::Stage;
use crate::window::Window;

const NAME: &str = "Nele Sander";

/// Plays it in two more windows on the stage's desktop, each closed when it has done its part. `picture` is called with the
/// name of a step and its window, once its result is on screen.
pub async fn play(
    stage: &Stage,
    mut picture: impl AsyncFnMut(&str, &Window) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Stage { desktop, server, .. } = stage;
    desktop.sign_in("admin", server.url(), server.first("admin")?)?;
    let admin = Window::open(desktop, "admin", server.url(), Place::LEFT).await?;
    let link = invite(&admin).await?;
    picture("13-admin-invites-an-athlete", &admin).await?;
    admin.close().await?;

    let (_, code) = link.split_once("/join#").unwrap_or_default();
    let link = format!("ringside://claim/{code}?server={}", server.url());
    let invited = Window::open_for_link(desktop, "invited", server.url(), &link).await?;
    invited.view("claim").await?;
    invited.find("new-password").await?;
    picture("14-athlete-opens-the-link", &invited).await?;
    for field in ["new-password", "repeat-password"] {
        invited.fill(field, "a password of her own").await?;
    }
    invited.click("submit-claim").await?;
    invited.view("start").await?;
    invited.close().await
}

/// Invites an athlete, and returns the link.
async fn invite(admin: &Window) -> Result<String, Failure> {
    admin.view("studio").await?;
    admin.click("invite").await?;
    admin.fill("invite-name", NAME).await?;
    admin.fill("invite-email", "nele@ringside-demo.example").await?;
    admin.click("send-invite").await?;
    admin.wait_for_text("invited", NAME).await?;
    Ok(admin.text("invitation-link").await?.trim().to_owned())
}
