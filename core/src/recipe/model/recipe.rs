//! A recipe as a whole: its names, evidence, credentials and flows.

use super::{CredentialId, Direction, Flow, FlowSpec, LetId, Line};

/// A whole recipe.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// `provider` or `provider-product`: lower-case letters, digits and hyphens.
    pub id: String,
    /// The name that people know: `Stripe webhooks`.
    pub name: String,
    /// Addresses or titles of the documents that state the rule.
    pub documents: Vec<String>,
    /// What the rule was checked against.
    pub evidence: Option<Evidence>,
    /// What a user should know beyond the rule; shown by `show`.
    pub notes: Vec<String>,
    /// All credentials, in the order of the recipe.
    pub credentials: Vec<CredentialSpec>,
    /// The names of all lets of all flows.
    pub lets: Vec<String>,
    /// By [`Flow`]: request, webhook, response.
    pub flows: [Option<FlowSpec>; 3],
}

impl Recipe {
    /// One flow, if the scheme has it.
    pub fn flow(&self, flow: Flow) -> Option<&FlowSpec> {
        self.flows[flow as usize].as_ref()
    }

    /// The name of a credential.
    pub fn credential_name(&self, id: CredentialId) -> &str {
        self.credentials
            .get(id.0 as usize)
            .map_or("?", |c| c.name.as_str())
    }

    /// The name of a let.
    pub fn let_name(&self, id: LetId) -> &str {
        self.lets.get(id.0 as usize).map_or("?", String::as_str)
    }
}

/// What a recipe was checked against, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// How sure it is.
    pub kind: EvidenceKind,
    /// In words: which SDK and version, which page.
    pub note: String,
}

/// How a recipe was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// `official-vector`: values published by the provider, or asserted in its SDK's own tests, are reproduced.
    OfficialVector,
    /// `sdk-run`: the provider's genuine SDK was run and agrees.
    SdkRun,
    /// `sdk-read`: read in the provider's SDK.
    SdkRead,
    /// `documents`: read in the provider's documents.
    Documents,
    /// `integrations`: read in independent integrations.
    Integrations,
    /// `unconfirmed`: a reading that nothing confirms.
    Unconfirmed,
}

impl EvidenceKind {
    /// All kinds, best first.
    pub const ALL: [EvidenceKind; 6] = [
        EvidenceKind::OfficialVector,
        EvidenceKind::SdkRun,
        EvidenceKind::SdkRead,
        EvidenceKind::Documents,
        EvidenceKind::Integrations,
        EvidenceKind::Unconfirmed,
    ];

    /// The name that recipes use.
    pub const fn name(self) -> &'static str {
        match self {
            EvidenceKind::OfficialVector => "official-vector",
            EvidenceKind::SdkRun => "sdk-run",
            EvidenceKind::SdkRead => "sdk-read",
            EvidenceKind::Documents => "documents",
            EvidenceKind::Integrations => "integrations",
            EvidenceKind::Unconfirmed => "unconfirmed",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<EvidenceKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One credential.
#[derive(Clone, Debug)]
pub struct CredentialSpec {
    /// `key_id`, `secret`, ...
    pub name: String,
    /// Public values may be shown and may reach the wire.
    pub public: bool,
    /// Which flows and directions need it; empty: all whose plan reads it.
    pub needed_for: Vec<(Flow, Direction)>,
    /// May be left out even where it is read; then it counts as empty.
    pub optional: bool,
    /// RFC 7617 user names hold no colon.
    pub no_colon: bool,
    /// Refuse control characters (0x00-0x1F and 0x7F).
    pub no_control: bool,
    /// What to put here, for people.
    pub about: Option<String>,
    /// Where it stands.
    pub line: Line,
}
