//! Finds out why a signature does not match, by trying what people get wrong.
//!
//! One search serves every recipe: it departs from the recipe's rule, the keys and the message in the ways that real
//! clients, frameworks and proxies do, one departure at a time and then two, within a counted budget, bounded memory and a
//! fixed order. A departure is reported only if the signature then fits, which for a MAC is a proof, or if the message
//! itself shows it. It is an offline tool: verifying never calls it, it accepts nothing, and it shows no expected
//! signature and no secret.

mod address;
mod algorithm;
mod base;
mod body;
mod charset;
mod claims;
mod clue;
mod escapes;
mod facts;
mod fields;
mod form;
mod headers;
mod inline;
mod json;
mod json_layout;
mod json_tokens;
mod key_steps;
mod key_texts;
mod keys;
mod observed;
mod odd;
mod order;
mod pairs;
mod placement;
mod reading;
mod search;
mod sent;
mod sibling;
mod sorted;
mod structure;
mod target;
mod texts;
mod time;
mod values;

use crate::credentials::{Credentials, KeyRing};
use crate::plan::Plan;
use crate::plan::keys::CredentialValues;
use crate::recipe::{Direction, Flow, FlowSpec};
use crate::verify::Verifier;
use crate::{Error, Message, Result, Scheme, Status, UnixMillis};
use base::Base;
use clue::Clue;
use search::Search;
use std::sync::Arc;

/// More explanations of one message than this are not told.
const MAX_FINDINGS: usize = 6;

/// Why a message is refused, as far as can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// What verifying says.
    pub verdict: Status,
    /// What explains it, most likely first; empty if nothing does.
    pub findings: Vec<Finding>,
    /// What was tried without success, when nothing was found.
    pub ruled_out: Vec<RuledOut>,
    /// How many hypotheses were tried.
    pub hypotheses: usize,
    /// The budget ended before everything was tried.
    pub exhausted: bool,
}

/// One explanation: one mistake, or several that were made together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The ids of the mistakes: `body-json-compacted`, or the name of a variant. At least one.
    pub ids: Vec<String>,
    /// What happened, a sentence for each id.
    pub cause: String,
    /// What to do, a sentence for each id.
    pub fix: String,
    /// How to do it in common frameworks, where that helps.
    pub remedies: Vec<Remedy>,
}

/// A remedy in one framework.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remedy {
    /// `Express`
    pub framework: &'static str,
    /// What to write.
    pub text: &'static str,
}

/// A kind of mistake that does not explain the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuledOut {
    /// In words.
    pub what: &'static str,
    /// How many of it were tried.
    pub hypotheses: usize,
}

/// What a diagnosis may use beside the message and the ring.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiagnoseOptions<'a> {
    /// The chosen variants.
    pub variants: &'a [&'a str],
    /// Further keys the user has, of other environments, endpoints or products: a signature of one of them is a finding,
    /// never an acceptance.
    pub other_keys: &'a [Credentials],
    /// The clock; needed by schemes that carry a time.
    pub now: Option<UnixMillis>,
    /// Seconds that a message may be older or newer than the clock, instead of the recipe's tolerance.
    pub tolerance_seconds: Option<u32>,
}

/// [`diagnose_with`] with the options that are needed most.
pub fn diagnose(
    scheme: &Scheme,
    flow: Flow,
    keys: &KeyRing,
    variants: &[&str],
    other_keys: &[Credentials],
    message: &Message<'_>,
    now: Option<UnixMillis>,
) -> Result<Diagnosis> {
    let options = DiagnoseOptions {
        variants,
        other_keys,
        now,
        tolerance_seconds: None,
    };
    diagnose_with(scheme, flow, keys, message, &options)
}

/// Looks for what explains that a message is refused. An authentic message has the verdict `ok` and no findings; an error
/// means that nothing could be judged at all (unknown variant, missing clock, credentials that are missing or of
/// no such name). A key that cannot be read has the verdict `invalid_credentials`.
pub fn diagnose_with(
    scheme: &Scheme,
    flow: Flow,
    keys: &KeyRing,
    message: &Message<'_>,
    options: &DiagnoseOptions<'_>,
) -> Result<Diagnosis> {
    let DiagnoseOptions {
        variants,
        other_keys,
        now,
        ..
    } = *options;
    let mut plan = scheme.plan(flow, variants)?;
    if let Some(seconds) = options.tolerance_seconds
        && let Some(spec) = &mut Arc::make_mut(&mut plan).spec.timestamp
    {
        spec.tolerance_seconds = seconds;
    }
    for key in keys.keys() {
        CredentialValues::check_given(&plan, Direction::Verify, &key.credentials)?;
    }
    for other in other_keys {
        CredentialValues::check_names(&plan, other)?;
    }
    let refusal = match Verifier::new(plan.clone(), keys) {
        Ok(verifier) => match verifier.verify(message, now) {
            Ok(_) => return Ok(nothing(Status::Ok)),
            Err(error) => error,
        },
        // A key that cannot be read is a mistake of its own kind.
        Err(error) if error.status() == Status::InvalidCredentials && !keys.keys().is_empty() => {
            error
        }
        Err(error) => return Err(error),
    };
    match refusal.status() {
        status if status.is_verdict() || status == Status::InvalidCredentials => {}
        _ => return Err(refusal),
    }
    if matches!(refusal.status(), Status::Unverifiable | Status::TooLarge) {
        return Ok(nothing(refusal.status()));
    }
    let case = Case {
        scheme,
        keys,
        variants,
        other_keys,
        now,
        refusal: &refusal,
    };
    let items = match &plan.spec.each {
        Some(each) => crate::batch::items(&plan, each, message).ok().flatten(),
        None => None,
    };
    let Some(items) = items else {
        return Ok(case.search(plan, *message));
    };
    // Of a batch, the first item that is refused.
    let verifier = Verifier::new(plan.clone(), keys).ok();
    for item in items {
        let one = Message {
            body: item.get().as_bytes(),
            ..*message
        };
        let judged = verifier
            .as_ref()
            .map(|v| v.verify_one(one, now, crate::verify::Streamed::default()));
        if !matches!(judged, Some(Ok(_))) {
            return Ok(case.search(plan, one));
        }
    }
    Ok(nothing(refusal.status()))
}

fn nothing(verdict: Status) -> Diagnosis {
    Diagnosis {
        verdict,
        findings: Vec::new(),
        ruled_out: Vec::new(),
        hypotheses: 0,
        exhausted: false,
    }
}

/// What a search is about.
struct Case<'c> {
    scheme: &'c Scheme,
    keys: &'c KeyRing,
    variants: &'c [&'c str],
    other_keys: &'c [Credentials],
    now: Option<UnixMillis>,
    refusal: &'c Error,
}

/// Verdicts that are given only after a signature was found right.
fn after_the_signature(status: Status) -> bool {
    matches!(
        status,
        Status::TimestampTooOld
            | Status::TimestampTooNew
            | Status::KeyExpired
            | Status::KeyNotYetValid
    )
}

impl Case<'_> {
    fn search(&self, plan: Arc<Plan>, message: Message<'_>) -> Diagnosis {
        let status = self.refusal.status();
        let public_key = matches!(
            plan.verify_algorithms()
                .first()
                .and_then(|(_, a)| plan.operation(*a)),
            Some(
                crate::plan::keys::Operation::Asymmetric(_) | crate::plan::keys::Operation::Decrypt
            )
        );
        let base = Base::new(plan.clone(), self.keys, self.other_keys, message);
        let mut search = Search::new(public_key);
        let mut sent = Vec::new();
        if !after_the_signature(status) {
            self.look(&mut search, &base, &plan, message);
            sent = sent::explain(&base, &search);
        }
        let mut stories: Vec<Vec<Clue>> = sent;
        let matches = search.found.iter().map(|m| m.clues.clone());
        stories.extend(matches.filter(|clues| {
            // Explained more closely above.
            clues.iter().all(|c| c.id != "sent-value-differs")
        }));
        only_shortest(&mut stories);
        stories = claims::together(stories, claims::unmet(&base, &search));
        // What fits as well, but happens less often.
        let rare = |id: &str| {
            matches!(
                id,
                "body-trimmed" | "account-id-blanks" | "field-not-trimmed"
            )
        };
        stories.sort_by_key(|s| s.iter().any(|c| rare(&c.id)));
        let facts = facts::facts(&base, &search, self.refusal, self.now, !stories.is_empty());
        stories.extend(facts.into_iter().map(|fact| vec![fact]));
        let findings = tell(&plan.spec, stories);
        let ruled_out = match findings.is_empty() {
            true => search
                .counts
                .iter()
                .map(|(what, hypotheses)| RuledOut {
                    what,
                    hypotheses: *hypotheses,
                })
                .collect(),
            false => Vec::new(),
        };
        Diagnosis {
            verdict: status,
            findings,
            ruled_out,
            hypotheses: search.tried,
            exhausted: search.exhausted,
        }
    }

    /// Single departures, then other schemes' rules, then pairs.
    fn look<'m>(
        &self,
        search: &mut Search,
        base: &Base<'m>,
        plan: &Arc<Plan>,
        message: Message<'m>,
    ) {
        search.singles(base, &[], None);
        if search.rule_fits {
            return;
        }
        let variants = self.variants_of(plan, message);
        for (clues, base) in &variants {
            if clues.len() == 1 {
                search.singles(base, clues, Some(search::VARIANTS));
            }
        }
        if !search.found.is_empty() {
            return;
        }
        for (clues, base) in &variants {
            if clues.len() > 1 {
                search.singles(base, clues, Some(search::VARIANTS));
            }
        }
        sibling::siblings(base, &mut |clue, other| {
            search.singles(&other, &[clue], Some(search::SIBLINGS));
        });
        let lost = facts::body_is_lost(base);
        if search.found.is_empty() && !base.observed.is_empty() && !lost {
            search.pairs(base, &variants);
        }
    }

    /// The message under each variant that was not chosen, and under each two.
    fn variants_of<'m>(
        &self,
        plan: &Arc<Plan>,
        message: Message<'m>,
    ) -> Vec<(Vec<Clue>, Base<'m>)> {
        let Some(spec) = self.scheme.recipe().flow(plan.flow) else {
            return Vec::new();
        };
        let names: Vec<&str> = spec.variants.iter().map(|v| v.name.as_str()).collect();
        let mut sets: Vec<Vec<&str>> = names.iter().map(|n| vec![*n]).collect();
        for (nth, one) in names.iter().enumerate() {
            sets.extend(names.iter().skip(nth + 1).map(|two| vec![*one, *two]));
        }
        let open = |set: &Vec<&str>| set.iter().all(|n| !self.variants.contains(n));
        let mut all = Vec::new();
        for set in sets.into_iter().filter(open).take(32) {
            let chosen = [self.variants, &set].concat();
            if let Ok(plan) = self.scheme.plan(plan.flow, &chosen) {
                let clues = set
                    .iter()
                    .map(|n| Clue::about((*n).to_owned(), ""))
                    .collect();
                all.push((clues, Base::new(plan, self.keys, self.other_keys, message)));
            }
        }
        all
    }
}

/// Fewer mistakes are likelier.
fn only_shortest(stories: &mut Vec<Vec<Clue>>) {
    let fewest = stories.iter().map(Vec::len).min().unwrap_or(0);
    stories.retain(|s| s.len() == fewest);
}

/// Explanations as findings, each once.
fn tell(spec: &FlowSpec, stories: Vec<Vec<Clue>>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for mut clues in stories {
        // Where both were exchanged, the id on the wire differs as well.
        let swapped = clues.iter().any(|c| c.id == "key-id-and-secret-swapped");
        clues.retain(|c| !swapped || c.id != "key-id-differs");
        let mut seen: Vec<Clue> = Vec::new();
        clues.retain(|c| {
            let new = seen.iter().all(|s| s.id != c.id);
            seen.push(c.clone());
            new
        });
        let ids: Vec<String> = clues.iter().map(|c| c.id.clone().into_owned()).collect();
        let known = findings
            .iter()
            .any(|f| f.ids.len() == ids.len() && ids.iter().all(|id| f.ids.contains(id)));
        if known || ids.is_empty() || findings.len() == MAX_FINDINGS {
            continue;
        }
        let (causes, fixes): (Vec<String>, Vec<String>) =
            clues.iter().map(|c| texts::text(spec, c)).unzip();
        findings.push(Finding {
            ids,
            cause: sentences(causes),
            fix: sentences(fixes),
            remedies: texts::remedies(&clues),
        });
    }
    findings
}

/// Joined, each with a capital letter, none twice.
fn sentences(texts: Vec<String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let mut chars = text.chars();
        let first: String = chars
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let text = format!("{first}{}", chars.as_str());
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join(" ")
}
