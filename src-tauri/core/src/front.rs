//! Routes a window's calls: to the agent of the profile it is bound to, or to a kiosk.

use std::sync::Arc;

use training::VideoId;

use crate::agent::Agent;
use crate::bridge::{Failure, LocalCode, StagedFileId, VideoPart, dispatch};
use crate::kiosk::Kiosk;
use crate::options::Options;

/// See the module.
#[derive(Clone)]
pub enum Front {
    /// One profile.
    Profile(Arc<Agent>),
    /// A kiosk, for whichever member is in the foreground.
    Kiosk(Arc<Kiosk>),
}

/// Whether the user may close a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Yes, at once.
    Free,
    /// Yes, after a confirmation.
    Asked,
    /// Not this user.
    Forbidden,
}

impl Front {
    /// Opens a profile.
    ///
    /// # Errors
    /// As [`Agent::open`].
    pub async fn of_profile(options: Options) -> Result<Self, Failure> {
        Ok(Self::Profile(Arc::new(Agent::open(options).await?)))
    }

    /// Opens a kiosk.
    ///
    /// # Errors
    /// As [`Kiosk::open`].
    pub async fn of_kiosk(options: Options) -> Result<Self, Failure> {
        Ok(Self::Kiosk(Arc::new(Kiosk::open(options).await?)))
    }

    /// Answers a call of the window.
    ///
    /// # Errors
    /// The [`Failure`] of the call.
    pub async fn call(&self, call: serde_json::Value) -> Result<serde_json::Value, Failure> {
        match self {
            Self::Profile(agent) => {
                let call = serde_json::from_value(call);
                dispatch(&**agent, call.map_err(|error| Failure::local(LocalCode::Internal).because(error))?).await
            }
            Self::Kiosk(kiosk) => kiosk.call(call).await,
        }
    }

    /// Writes a piece of a file that the window hands over; returns the offset after it.
    ///
    /// # Errors
    /// As [`Agent::put_file`].
    pub async fn put_file(&self, file: StagedFileId, offset: u64, bytes: Vec<u8>) -> Result<u64, Failure> {
        match self {
            Self::Profile(agent) => agent.put_file(file, offset, bytes).await,
            Self::Kiosk(kiosk) => kiosk.put_file(file, offset, bytes).await,
        }
    }

    /// Reads a video or its poster.
    ///
    /// # Errors
    /// As [`Agent::read_video`].
    pub async fn read_video(&self, id: VideoId, part: VideoPart) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Profile(agent) => agent.read_video(id, part).await,
            Self::Kiosk(kiosk) => kiosk.read_video(id, part).await,
        }
    }

    /// Whether the user may close the window.
    pub async fn closing(&self) -> Closing {
        match self {
            Self::Profile(agent) if agent.is_training().await || agent.is_handing_over() => Closing::Asked,
            Self::Kiosk(kiosk) if !kiosk.may_close() => Closing::Forbidden,
            Self::Profile(_) | Self::Kiosk(_) => Closing::Free,
        }
    }
}
