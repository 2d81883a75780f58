//! Who may use a route: declared in the table of routes, and shown in the API's description.

use training::Part;
use training::wire::Role;

/// Who may use a route. Somebody else's session does not exist for a caller, whatever their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without signing in.
    Anyone,
    /// Any signed-in person, for their own data.
    SignedIn,
    /// Anybody with this role.
    HasRole(Role),
    /// Trainers and admins, for their own studio.
    Staff,
    /// Trainers and admins of the studio that owns the named entity.
    StaffOf,
    /// Admins of the studio that the named person belongs to.
    AdminOf,
    /// Admins of the studio that the named person belongs to, and that person. For others there is nobody of that name.
    AdminOrThemself,
    /// Anybody of the studio that owns the named entity.
    StudioOf,
    /// The trainer or admin who began the named upload.
    Uploader,
    /// The person whose thing is named.
    Owner,
    /// The person with this role whose thing is named.
    OwnerWithRole(Role),
    /// The named athlete, and the trainer they are assigned to.
    AthleteAndTrainer,
    /// The named athlete, or the athlete of the named import, and the trainer they are assigned to.
    Importer,
    /// The named athlete, the trainer they are assigned to, and former trainers for what they led.
    AthleteAndTrainers,
    /// The trainer whom the named athlete, or the athlete of the named entry, is assigned to.
    TrainerOf,
    /// Both people of the named session, and the trainer whom its athlete is assigned to now.
    Participant,
    /// The person in this part of the session, which is named directly or by one of its rounds.
    ParticipantAs(Part),
}
