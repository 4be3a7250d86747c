//! Which scheme, flow and variants a command works with.

use clap::{Arg, Args};
use paysig::recipe::Flow;
use paysig::{Scheme, Status};

use crate::failure::{Failure, Result};
use paysig::recipe::suggest;

/// A scheme of the catalogue or a recipe file, one of its flows, and its variants.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Scheme")]
pub struct SchemeArgs {
    /// Id of the scheme, as `paysig schemes` lists them
    #[arg(required_unless_present = "recipe", conflicts_with = "recipe")]
    pub scheme: Option<String>,
    /// A recipe file instead of a scheme of the catalogue
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<String>,
    /// request (client to provider), webhook (provider to client) or response (signed answer)
    #[arg(long)]
    pub flow: Option<String>,
    /// A named departure of the scheme; may be given again
    #[arg(long = "variant", value_name = "NAME")]
    pub variants: Vec<String>,
}

impl SchemeArgs {
    /// The scheme.
    pub fn scheme(&self) -> Result<Scheme> {
        match (&self.recipe, &self.scheme) {
            (Some(path), _) => recipe_file(path),
            (_, Some(id)) => by_id(id),
            _ => Err(Failure::usage("give the id of a scheme or --recipe")),
        }
    }

    /// The flow: as given, else the only one, else the usual one of the command, which [`usual_flow`] tells in its help.
    pub fn flow(&self, scheme: &Scheme, usual: Flow) -> Result<Flow> {
        let has: Vec<Flow> = scheme.flows().collect();
        if let Some(name) = &self.flow {
            // Whether the scheme has it is the engine's to say.
            return Flow::from_name(name).ok_or_else(|| {
                Failure::usage(format!(
                    "--flow {name:?} is no flow{}",
                    suggest(name, Flow::ALL.iter().map(|f| f.name()))
                ))
            });
        }
        match has[..] {
            [only] => Ok(only),
            _ if has.contains(&usual) => Ok(usual),
            _ => {
                let names: Vec<&str> = has.iter().map(|f| f.name()).collect();
                Err(Failure::usage(format!(
                    "{} has the flows {}; choose one with --flow",
                    scheme.id(),
                    names.join(" and ")
                )))
            }
        }
    }

    /// The variants as the engine takes them.
    pub fn variants(&self) -> Vec<&str> {
        self.variants.iter().map(String::as_str).collect()
    }
}

/// Adds to the help of `--flow` which one a command takes if none is given.
pub fn usual_flow(usual: Flow) -> impl FnOnce(Arg) -> Arg {
    move |arg| {
        let flows = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let usual = usual.name();
        arg.help(format!(
            "{flows} [default: {usual}, or the scheme's only one]"
        ))
    }
}

/// A scheme of the catalogue.
pub fn by_id(id: &str) -> Result<Scheme> {
    paysig::scheme(id).map_err(|error| {
        let mut failure = Failure::from(error);
        if failure.status == Status::UnknownScheme {
            failure
                .message
                .push_str(" (`paysig schemes` lists them, --recipe takes a file)");
        }
        failure
    })
}

/// A scheme from a file.
pub fn recipe_file(path: &str) -> Result<Scheme> {
    let text = std::fs::read(path).map_err(|e| Failure::file("read", path, &e))?;
    let text = String::from_utf8(text)
        .map_err(|_| Failure::new(Status::InvalidRecipe, format!("{path} is not UTF-8 text")))?;
    Ok(Scheme::from_toml(&text, path)?)
}
