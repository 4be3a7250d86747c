//! Claims of a token whose signature is right: which are not those of the message, and why.
//!
//! A token is signed as it was sent, so its signature tells nothing of the message beside it; what ties the two are the claims.
//! Each that differs is searched for as if its rule were the whole scheme.

use super::Base;
use super::clue::{Clue, Family};
use super::search::{Search, departures};
use super::sent::alone;
use crate::claims::{Claims, differs};
use crate::plan::keys::CredentialValues;
use crate::plan::{Cache, Eval};
use crate::recipe::Part;

/// A claim of fewer bytes may be met by chance, when enough members and orders are tried.
const TELLING: usize = 16;

/// A claim that is not that of the message.
pub(super) struct Unmet {
    /// What is wrong with it, its name included.
    about: String,
    /// What explains it; may be empty.
    stories: Vec<Vec<Clue>>,
}

/// Every claim of the received token that differs; nothing unless the token's signature was found right.
pub(super) fn unmet(base: &Base<'_>, search: &Search) -> Vec<Unmet> {
    let (Some(index), Some(jws)) = (search.signer, &base.jws) else {
        return Vec::new();
    };
    let Ok(claims) = Claims::read(&base.plan, &jws.payload) else {
        return Vec::new();
    };
    let nobody = CredentialValues::default();
    let credentials = base.keys.get(index).map_or(&nobody, |k| &k.credentials);
    let mut reading = base.reading.clone();
    if let Ok(Some(instant)) = claims.instant() {
        reading.instant = Some(instant);
    }
    let bound = reading.bound(&base.plan);
    let cache = Cache::default();
    let eval = Eval::new(&base.plan, &base.message, credentials, &bound, &cache);
    let mut all = Vec::new();
    for (name, part, text) in claims.compared() {
        let one = match text {
            Err(error) => Unmet {
                about: error.message().to_owned(),
                stories: Vec::new(),
            },
            Ok(text) => {
                let wanted = eval.value(part);
                if wanted.is_ok_and(|w| *w.bytes == *text.as_bytes()) {
                    continue;
                }
                Unmet {
                    about: differs(name).message().to_owned(),
                    stories: stories(base, part, text.as_bytes(), credentials),
                }
            }
        };
        all.push(one);
    }
    all
}

/// Messages, or ways to write the claim, that make it what it is.
fn stories(
    base: &Base<'_>,
    part: &Part,
    text: &[u8],
    credentials: &CredentialValues,
) -> Vec<Vec<Clue>> {
    let one = alone(base, part.clone(), credentials, text);
    let mut search = Search::new(false);
    departures(
        &one,
        one.scene(),
        Family::Body,
        true,
        &mut |clues, scene, family| {
            if !search.stop && (text.len() >= TELLING || family <= Family::Address) {
                search.scene(&one, clues, scene, family.name());
            }
        },
    );
    let mut stories: Vec<Vec<Clue>> = search.found.into_iter().map(|m| m.clues).collect();
    super::only_shortest(&mut stories);
    stories
}

/// What explains the signature together with what explains the claims. Empty: the refusal itself says all that is known.
pub(super) fn together(stories: Vec<Vec<Clue>>, unmet: Vec<Unmet>) -> Vec<Vec<Clue>> {
    if stories.is_empty() && unmet.iter().all(|u| u.stories.is_empty()) {
        return stories;
    }
    let mut all = match stories.is_empty() {
        true => vec![Vec::new()],
        false => stories,
    };
    for claim in unmet {
        let mut ways = claim.stories;
        if ways.is_empty() {
            ways.push(vec![Clue::about("requirement-not-met", claim.about)]);
        }
        let both = |story: &Vec<Clue>| -> Vec<Vec<Clue>> {
            let joined = ways.iter().map(|way| {
                let new = way.iter().filter(|c| !story.contains(c));
                story.iter().chain(new).cloned().collect()
            });
            joined.collect()
        };
        all = all.iter().flat_map(both).collect();
        super::only_shortest(&mut all);
    }
    all
}
