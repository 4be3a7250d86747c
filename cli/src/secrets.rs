//! Where credentials come from. A secret is taken from an argument only if that is asked for (`text:`): the process list and the shell's
//! history show arguments.

use std::io::Read as _;

use clap::Args;
use paysig::recipe::Recipe;
use paysig::time::UnixMillis;
use paysig::{Credentials, KeyRing, Status};
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};
use paysig::recipe::suggest;

/// Credentials from options and a file.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Credentials")]
pub struct CredentialArgs {
    /// One value: NAME=env:VARIABLE, NAME=file:PATH, NAME=stdin or NAME=text:VALUE; a public one also as NAME=VALUE
    #[arg(long = "credential", short = 'c', value_name = "NAME=SOURCE")]
    pub credentials: Vec<String>,
    /// A TOML or JSON file of names and values, or of a key ring: a list `keys`, each with optional not_before and not_after; --credential adds what all keys share
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<String>,
}

/// One key with its validity.
struct Key {
    credentials: Credentials,
    not_before: Option<UnixMillis>,
    not_after: Option<UnixMillis>,
}

impl CredentialArgs {
    /// Whether standard input holds a credential.
    pub fn reads_stdin(&self) -> bool {
        self.credentials
            .iter()
            .any(|c| c.split_once('=').is_some_and(|(_, s)| s == "stdin"))
    }

    /// The one set of values that signs.
    pub fn credentials(&self, recipe: &Recipe) -> Result<Credentials> {
        let mut keys = self.keys(recipe)?;
        if keys.len() > 1 {
            return Err(Failure::usage(
                "the credentials file holds several keys; signing takes one",
            ));
        }
        Ok(keys.pop().map(|k| k.credentials).unwrap_or_default())
    }

    /// All keys that are accepted.
    pub fn key_ring(&self, recipe: &Recipe) -> Result<KeyRing> {
        let mut ring = KeyRing::new();
        for key in self.keys(recipe)? {
            ring.add_between(key.credentials, key.not_before, key.not_after);
        }
        Ok(ring)
    }

    fn keys(&self, recipe: &Recipe) -> Result<Vec<Key>> {
        let mut keys = match &self.credentials_file {
            Some(path) => read_credentials_file(path, recipe)?,
            None => Vec::new(),
        };
        let mut given = Credentials::new();
        let mut stdin_taken = false;
        for text in &self.credentials {
            let (name, source) = text.split_once('=').ok_or_else(|| {
                // The text may be a secret, so it is not repeated.
                Failure::usage("--credential must be NAME=SOURCE, such as secret=env:API_SECRET")
            })?;
            known(recipe, name)?;
            if given.get(name).is_some() {
                return Err(Failure::usage(format!(
                    "the credential {name} is given twice"
                )));
            }
            if source == "stdin" && std::mem::replace(&mut stdin_taken, true) {
                return Err(Failure::usage(
                    "only one credential can come from standard input",
                ));
            }
            given.set(name, &*value(recipe, name, source)?);
        }
        if keys.is_empty() {
            keys.push(Key {
                credentials: Credentials::new(),
                not_before: None,
                not_after: None,
            });
        }
        // Values given as options complete every key of the file: a login that all keys share. They replace nothing.
        for key in &mut keys {
            for name in given.names() {
                if key.credentials.get(name).is_some() {
                    return Err(Failure::usage(format!(
                        "the credential {name} is given twice: by --credential and by the credentials file"
                    )));
                }
                key.credentials
                    .set(name, given.get(name).unwrap_or_default());
            }
        }
        Ok(keys)
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(Status::InvalidCredentials, message)
}

/// Refuses a name that the recipe does not have.
fn known(recipe: &Recipe, name: &str) -> Result<()> {
    if recipe.credentials.iter().any(|c| c.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = recipe.credentials.iter().map(|c| c.name.as_str()).collect();
    Err(invalid(format!(
        "{} has no credential {name:?}{}",
        recipe.id,
        suggest(name, names.iter().copied())
    )))
}

fn value(recipe: &Recipe, name: &str, source: &str) -> Result<Zeroizing<Vec<u8>>> {
    if source == "stdin" {
        let mut bytes = Zeroizing::new(Vec::new());
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|e| Failure::file("read", "standard input", &e))?;
        return Ok(without_line_end(bytes));
    }
    if let Some(variable) = source.strip_prefix("env:") {
        return env(variable).ok_or_else(|| {
            invalid(format!(
                "the environment variable {variable} for the credential {name} is not set"
            ))
        });
    }
    if let Some(path) = source.strip_prefix("file:") {
        return match std::fs::read(path) {
            Ok(bytes) => Ok(without_line_end(Zeroizing::new(bytes))),
            Err(e) => Err(Failure::file("read", path, &e)),
        };
    }
    if let Some(text) = source.strip_prefix("text:") {
        return Ok(Zeroizing::new(text.as_bytes().to_vec()));
    }
    if recipe
        .credentials
        .iter()
        .any(|c| c.name == name && c.public)
    {
        return Ok(Zeroizing::new(source.as_bytes().to_vec()));
    }
    Err(invalid(format!(
        "{name} is secret, and the process list and your shell's history show arguments: use {name}=env:VARIABLE, {name}=file:PATH or {name}=stdin ({name}=text:VALUE if you accept that)"
    )))
}

fn env(variable: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = std::env::var_os(variable)?;
    Some(Zeroizing::new(value.into_encoded_bytes()))
}

/// Editors and `echo` put a line end behind a key, which would make it another key.
fn without_line_end(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    bytes
}

/// JSON if it begins with a brace, else TOML. Errors name the file, never its text.
fn read_credentials_file(path: &str, recipe: &Recipe) -> Result<Vec<Key>> {
    let text = std::fs::read(path).map_err(|e| Failure::file("read", path, &e))?;
    let text = Zeroizing::new(text);
    let text =
        std::str::from_utf8(&text).map_err(|_| invalid(format!("{path} is not UTF-8 text")))?;
    let table: toml::Table = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|e| {
            invalid(format!(
                "{path} is not a JSON object of texts (line {}, column {})",
                e.line(),
                e.column()
            ))
        })?
    } else {
        text.parse().map_err(|e: toml::de::Error| {
            let line = e
                .span()
                .map_or(1, |s| text[..s.start].lines().count().max(1));
            invalid(format!("{path} is not TOML (line {line})"))
        })?
    };
    let mut shared = Credentials::new();
    let mut keys = Vec::new();
    for (name, value) in &table {
        match (name.as_str(), value) {
            ("keys", toml::Value::Array(entries)) => {
                for entry in entries {
                    keys.push(ring_key(path, entry, recipe)?);
                }
            }
            (_, toml::Value::String(text)) => {
                known(recipe, name)?;
                shared.set(name, text);
            }
            _ => return Err(invalid(format!("{path}: {name} must be text"))),
        }
    }
    if keys.is_empty() {
        keys.push(Key {
            credentials: Credentials::new(),
            not_before: None,
            not_after: None,
        });
    }
    for key in &mut keys {
        for name in shared.names() {
            if key.credentials.get(name).is_none() {
                key.credentials
                    .set(name, shared.get(name).unwrap_or_default());
            }
        }
    }
    Ok(keys)
}

fn ring_key(path: &str, entry: &toml::Value, recipe: &Recipe) -> Result<Key> {
    let table = entry
        .as_table()
        .ok_or_else(|| invalid(format!("{path}: each of keys must be a table")))?;
    let mut key = Key {
        credentials: Credentials::new(),
        not_before: None,
        not_after: None,
    };
    for (name, value) in table {
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(time) => time.to_string(),
            _ => return Err(invalid(format!("{path}: {name} must be text"))),
        };
        let time = || {
            UnixMillis::from_rfc3339(&text)
                .ok_or_else(|| invalid(format!("{path}: {name} must be an RFC 3339 time")))
        };
        match name.as_str() {
            "not_before" => key.not_before = Some(time()?),
            "not_after" => key.not_after = Some(time()?),
            _ => {
                known(recipe, name)?;
                key.credentials.set(name, &text);
            }
        }
    }
    Ok(key)
}
