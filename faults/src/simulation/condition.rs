//! The ways in which a network works or fails.

/// What the network is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NetworkCondition {
    /// It works.
    Normal,
    /// It works, slowly.
    Slow,
    /// Many requests are lost, and many responses after the request was processed.
    Lossy,
    /// Every connection is refused at once, and those that are open break.
    Down,
    /// Nothing comes through and no error is reported; delivery resumes on thaw.
    Frozen,
    /// The same for open connections; what is sent meanwhile is lost for good.
    BlackHole,
    /// Responses pass; streams are buffered by a proxy that waits for their end.
    Buffering,
    /// Streams pass up to their `hello`; a proxy holds the rest back.
    HoldingBack,
    /// A gateway refuses every act with an error page of its own; everything else passes.
    RefusingActs,
    /// A captive portal answers with success.
    CaptivePortal,
    /// A gateway reports that it can't reach the server.
    BadGateway,
    /// The server is overloaded, or says so.
    Overloaded,
    /// Requests arrive and are processed; no response comes back. Open streams go on.
    NoResponses,
}

impl NetworkCondition {
    pub(super) const ALL: [Self; 13] = [
        Self::Normal,
        Self::Slow,
        Self::Lossy,
        Self::Down,
        Self::Frozen,
        Self::BlackHole,
        Self::Buffering,
        Self::HoldingBack,
        Self::RefusingActs,
        Self::CaptivePortal,
        Self::BadGateway,
        Self::Overloaded,
        Self::NoResponses,
    ];
}
