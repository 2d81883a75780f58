//! Whether every machine shows what the server has.

use std::sync::Arc;

use ringside_core::bridge::LinkState;
use tokio::sync::Mutex;
use training::progress::records;
use training::wire::Snapshot;
use training::{Athlete, Round, Session};

use super::machine::Machine;
use super::server::Server;

/// What has not recovered yet.
pub(super) async fn unrecovered(server: &Server, machines: &[Arc<Mutex<Machine>>]) -> Option<String> {
    for machine in machines {
        let machine = machine.lock().await;
        let Some(view) = machine.view() else { return Some(format!("{} shows nothing", machine.name)) };
        if view.link.state != LinkState::Live || view.link.waiting > 0 {
            return Some(format!("{}: {:?}", machine.name, view.link));
        }
        let mut expected = server.expected_snapshot(machine.person);
        // Their order is up to the window.
        let mut view = view;
        view.documents.sessions.sort_by_key(|session| session.id);
        expected.documents.sessions.sort_by_key(|session| session.id);
        // Changes to drafts also raise the version, but an athlete is not sent them.
        for session in view.documents.sessions.iter_mut().chain(&mut expected.documents.sessions) {
            if session.athlete.id == machine.person {
                session.version = 0;
            }
        }
        if view.documents.sessions != expected.documents.sessions {
            let (shown, real) = difference(&view.documents.sessions, &expected.documents.sessions);
            return Some(format!("{} shows {shown}, not {real}", machine.name));
        }
        for athletes in [&mut view.documents.athletes, &mut expected.documents.athletes] {
            athletes.sort_by_key(|athlete| athlete.id);
        }
        for exercises in [&mut view.documents.exercises, &mut expected.documents.exercises] {
            exercises.sort_by_key(|exercise| exercise.id);
        }
        for templates in [&mut view.documents.templates, &mut expected.documents.templates] {
            templates.sort_by_key(|template| template.id);
        }
        if view.documents.templates != expected.documents.templates {
            return Some(format!("{} knows other templates", machine.name));
        }
        for documents in [&mut view.documents, &mut expected.documents] {
            documents.notes.sort_by_key(|note| note.session_id);
            documents.journal_entries.sort_by_key(|entry| entry.id);
            documents.weights.sort_by_key(|weight| weight.id);
        }
        if view.documents.notes != expected.documents.notes
            || view.documents.journal_entries != expected.documents.journal_entries
        {
            let (shown, real) = (&view.documents, &expected.documents);
            return Some(format!(
                "{} shows {:?} and {:?}, not {:?} and {:?}",
                machine.name, shown.notes, shown.journal_entries, real.notes, real.journal_entries
            ));
        }
        if view.documents.weights != expected.documents.weights {
            let (shown, real) = (&view.documents.weights, &expected.documents.weights);
            return Some(format!("{} shows {shown:?}, not {real:?}", machine.name));
        }
        if view.account.me.as_ref() != Some(&expected.me)
            || view.documents.athletes != expected.documents.athletes
            || view.documents.exercises != expected.documents.exercises
        {
            return Some(format!("{} knows other people or exercises", machine.name));
        }
        let sessions = &view.documents.sessions;
        let is_whole =
            sessions.iter().filter(|session| !session.status.is_open()).count() < Snapshot::ENDED_SESSIONS as usize;
        let wrong = view.documents.athletes.iter().find(|athlete| !follows_from(athlete, sessions));
        if let Some(athlete) = wrong.filter(|_| is_whole && server.keeps_records()) {
            return Some(format!("{} knows records of {} that they did not set", machine.name, athlete.name));
        }
    }
    None
}

/// Whether an athlete's records are what these sessions give, of which theirs are all there are.
fn follows_from(athlete: &Athlete, sessions: &[Session]) -> bool {
    let own = || sessions.iter().filter(|session| session.athlete.id == athlete.id);
    let last_completed = own().flat_map(|session| &session.rounds).filter_map(|round| round.completed_at).max();
    last_completed.map_or_else(Vec::new, |now| records(own(), now)) == athlete.records
}

/// The first session, or the first of its rounds, in which two lists differ.
fn difference(shown: &[Session], real: &[Session]) -> (String, String) {
    let ids = |sessions: &[Session]| format!("{:?}", sessions.iter().map(|session| session.id).collect::<Vec<_>>());
    let differs = shown.iter().zip(real).find(|(shown, real)| shown != real);
    let Some((shown, real)) = differs.filter(|_| ids(shown) == ids(real)) else { return (ids(shown), ids(real)) };
    let rounds = shown.rounds.iter().zip(&real.rounds).find(|(shown, real)| shown != real);
    match rounds {
        Some((shown, real)) if shown.id == real.id => (short(shown), short(real)),
        _ => (format!("{shown:?}"), format!("{real:?}")),
    }
}

fn short(round: &Round) -> String {
    let done: Vec<_> = round.exercises.iter().map(|item| item.actual.and_then(|actual| actual.reps)).collect();
    format!("round {} {:?} at {}, {done:?}", round.number, round.status, round.version)
}
