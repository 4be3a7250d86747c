//! A diagnosis as JSON.

use std::collections::BTreeMap;

use paysig::{Diagnosis, Finding};
use serde::Serialize;

/// What explains a refusal.
#[derive(Serialize, Debug)]
pub struct DiagnosisReport {
    /// What verifying says.
    pub verdict: &'static str,
    /// Most likely first.
    pub findings: Vec<FindingReport>,
    /// What was tried in vain, and how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruled_out: Option<BTreeMap<&'static str, usize>>,
    /// How many hypotheses were tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hypotheses: Option<usize>,
    /// The budget ended first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhausted: Option<bool>,
}

/// One explanation.
#[derive(Serialize, Debug)]
pub struct FindingReport {
    /// The first or only id.
    pub id: String,
    /// All of them, where several mistakes were made together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// What happened.
    pub cause: String,
    /// What to do.
    pub fix: String,
    /// How, by framework.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub remedies: BTreeMap<&'static str, &'static str>,
}

impl FindingReport {
    fn new(finding: &Finding) -> Self {
        FindingReport {
            id: finding.ids.first().cloned().unwrap_or_default(),
            ids: (finding.ids.len() > 1).then(|| finding.ids.clone()),
            cause: finding.cause.clone(),
            fix: finding.fix.clone(),
            remedies: BTreeMap::new(),
        }
    }
}

impl DiagnosisReport {
    /// Verdict and findings only: what all bindings answer alike.
    pub fn brief(diagnosis: &Diagnosis) -> Self {
        DiagnosisReport {
            verdict: diagnosis.verdict.name(),
            findings: diagnosis.findings.iter().map(FindingReport::new).collect(),
            ruled_out: None,
            hypotheses: None,
            exhausted: None,
        }
    }

    /// Everything.
    pub fn full(diagnosis: &Diagnosis) -> Self {
        let mut report = Self::brief(diagnosis);
        for (finding, from) in report.findings.iter_mut().zip(&diagnosis.findings) {
            finding.remedies = from
                .remedies
                .iter()
                .map(|r| (r.framework, r.text))
                .collect();
        }
        report.ruled_out = Some(
            diagnosis
                .ruled_out
                .iter()
                .map(|r| (r.what, r.hypotheses))
                .collect(),
        );
        report.hypotheses = Some(diagnosis.hypotheses);
        report.exhausted = Some(diagnosis.exhausted);
        report
    }
}
