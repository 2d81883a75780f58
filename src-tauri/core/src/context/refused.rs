//! The refused acts, as the window lists them.

use training::{Athlete, JournalEntry, Session};

use crate::bridge::RefusedAct;
use crate::replica::Replica;

/// The refused acts, for the window.
pub(super) fn refused_acts(replica: &Replica) -> Vec<RefusedAct> {
    let contents = replica.contents();
    let Some(me) = &contents.me else { return Vec::new() };
    let of_me = replica.outbox().entries().iter().filter(|entry| entry.by == me.id);
    of_me
        .filter_map(|entry| {
            let refused = entry.refused.as_ref()?;
            let session = contents.documents.get::<Session>(entry.subject.id);
            let behaviour = entry.act.behaviour();
            let round = behaviour.round().and_then(|id| session?.round(id));
            let entered = behaviour.entered();
            let entry_of_journal = || contents.documents.get::<JournalEntry>(entry.subject.id);
            let athlete = entered.athlete.or_else(|| Some(entry_of_journal()?.athlete_id));
            let athlete = athlete.and_then(|id| contents.documents.get::<Athlete>(id));
            Some(RefusedAct {
                key: entry.key.to_string(),
                at: entry.at,
                subject: entry.subject,
                athlete: session.map(|session| &session.athlete.name).or(athlete.map(|athlete| &athlete.name)).cloned(),
                round_number: round.map(|round| round.number),
                code: refused.code,
                fields: refused.fields.clone(),
                what: entry.act.name(),
                plan: entered.plan,
                reports: entered.reports,
                exercise: entered.exercise,
                correction: entered.correction,
                template: entered.template,
                note: entered.note,
                journal: entered.journal,
                weight: entered.weight,
            })
        })
        .collect()
}
