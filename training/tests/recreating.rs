//! Undoing the deletion of a draft.

mod common;

use common::{Studio, findings, jonas, plan};
use training::{Command, FieldCode, Refusal, Round, RoundId, RoundPlan, Session};

/// A session with three drafts.
fn with_three_drafts(studio: &mut Studio) -> Session {
    let mut session = studio.joined();
    for _ in 0..3 {
        add(studio, &mut session);
    }
    session
}

fn add(studio: &mut Studio, session: &mut Session) {
    let command = Command::AddRound { plan: plan(&[1]), release: false };
    studio.act(session, &jonas(), command).expect("the session is active");
}

/// Deletes the draft with this number; returns it.
fn delete(studio: &mut Studio, session: &mut Session, number: u32) -> Round {
    let round = session.rounds.iter().find(|round| round.number == number).expect("it is there").clone();
    let command = Command::DeleteRound { round: round.id, version: round.version };
    studio.act(session, &jonas(), command).expect("a draft");
    round
}

fn recreation(round: &Round) -> Command {
    Command::RecreateRound {
        round: round.id,
        number: round.number,
        last_version: round.version,
        plan: RoundPlan::anew(round),
        release: false,
    }
}

/// The rounds in their order, with their numbers.
fn order(session: &Session) -> Vec<(u32, RoundId)> {
    session.rounds.iter().map(|round| (round.number, round.id)).collect()
}

#[test]
fn a_deleted_draft_is_recreated_in_its_place() {
    let mut studio = Studio::default();
    let mut session = with_three_drafts(&mut studio);
    let before = order(&session);
    let deleted = delete(&mut studio, &mut session, 2);
    studio.act(&mut session, &jonas(), recreation(&deleted)).expect("it is gone");
    assert_eq!(order(&session), before);
    let again = session.round(deleted.id).expect("it is there again");
    assert_eq!(again.version, deleted.version + 1);
}

#[test]
fn a_draft_is_recreated_in_its_place_also_when_later_rounds_were_released() {
    let mut studio = Studio::default();
    let mut session = with_three_drafts(&mut studio);
    let before = order(&session);
    let deleted = delete(&mut studio, &mut session, 2);
    let last = session.rounds[1].id;
    studio.act(&mut session, &jonas(), Command::ReleaseRound(last)).expect("none is out");
    studio.act(&mut session, &jonas(), recreation(&deleted)).expect("it is gone");
    assert_eq!(order(&session), before);
}

#[test]
fn a_draft_whose_number_was_given_away_is_recreated_as_the_last() {
    let mut studio = Studio::default();
    let mut session = with_three_drafts(&mut studio);
    let deleted = delete(&mut studio, &mut session, 3);
    add(&mut studio, &mut session);
    studio.act(&mut session, &jonas(), recreation(&deleted)).expect("it is gone");
    assert_eq!(order(&session).last(), Some(&(4, deleted.id)));
}

#[test]
fn a_round_that_is_there_is_not_recreated() {
    let mut studio = Studio::default();
    let session = with_three_drafts(&mut studio);
    let refused = studio.decide(&session, &jonas(), recreation(&session.rounds[0]));
    assert_eq!(refused, Err(Refusal::VersionMismatch));
}

#[test]
fn a_draft_is_recreated_with_a_number_and_a_version_that_can_be() {
    let mut studio = Studio::default();
    let mut session = with_three_drafts(&mut studio);
    let deleted = delete(&mut studio, &mut session, 1);
    for (number, last_version) in [(0, 0), (Round::MAX_NUMBER + 1, Round::MAX_VERSION + 1)] {
        let draft = Round { number, version: last_version, ..deleted.clone() };
        let refusal = studio.decide(&session, &jonas(), recreation(&draft)).expect_err("out of range");
        let expected = ["/place/number", "/place/version"].map(|at| (at.to_owned(), FieldCode::OutOfRange));
        assert_eq!(findings(refusal), expected);
    }
}
