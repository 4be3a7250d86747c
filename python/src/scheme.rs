//! Schemes: the catalogue, and recipes of the caller's own.

use crate::error::{OrRaise, argument};
use crate::input::{kind, text};
use paysig::Flow;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// How one provider product authenticates messages: an id of the catalogue, or a recipe of your own.
///
/// >>> paysig.Scheme("directa24-deposits").flows
/// ['request', 'webhook']
#[pyclass(frozen, module = "paysig")]
pub struct Scheme {
    inner: paysig::Scheme,
}

#[pymethods]
impl Scheme {
    #[new]
    fn new(id: &Bound<'_, PyAny>) -> PyResult<Self> {
        let inner = paysig::scheme(text("scheme", id)?).or_raise(id.py())?;
        Ok(Scheme { inner })
    }

    /// A scheme of your own from the text of a recipe; ``file`` names the text in errors.
    ///
    /// >>> paysig.Scheme.from_toml('id = 3', file="mine.toml")
    /// Traceback (most recent call last):
    ///   ...
    /// paysig.errors.ConfigurationError: invalid_recipe (id): mine.toml:1: ...
    #[classmethod]
    #[pyo3(signature = (recipe, *, file="recipe"))]
    fn from_toml(
        _class: &Bound<'_, PyType>,
        recipe: &Bound<'_, PyAny>,
        file: &str,
    ) -> PyResult<Self> {
        let recipe_text = text("recipe", recipe)?;
        let inner = paysig::Scheme::from_toml(recipe_text, file).or_raise(recipe.py())?;
        Ok(Scheme { inner })
    }

    /// The id: ``directa24-deposits``.
    #[getter]
    fn id(&self) -> &str {
        self.inner.id()
    }

    /// The name that people know: ``Stripe webhooks``.
    #[getter]
    fn name(&self) -> &str {
        &self.inner.recipe().name
    }

    /// The flows that the scheme has, of ``request``, ``webhook`` and ``response``.
    #[getter]
    fn flows(&self) -> Vec<&'static str> {
        self.inner.flows().map(Flow::name).collect()
    }

    /// The names of the credentials, of all flows.
    #[getter]
    fn credentials(&self) -> Vec<&str> {
        let all = &self.inner.recipe().credentials;
        all.iter().map(|c| c.name.as_str()).collect()
    }

    /// What a user should know beyond the rule.
    #[getter]
    fn notes(&self) -> Vec<&str> {
        let notes = &self.inner.recipe().notes;
        notes.iter().map(String::as_str).collect()
    }

    /// What is weak about the scheme itself: for recipes of your own. Those of the catalogue acknowledge each weakness with a reason.
    ///
    /// >>> [(lint.id, bool(lint.acknowledged)) for lint in paysig.Scheme("github").lint()]
    /// [('no-replay-protection', True)]
    fn lint(&self) -> Vec<Lint> {
        let found = paysig::lint(self.inner.recipe()).into_iter();
        found
            .map(|inner| Lint {
                scheme: self.inner.id().to_owned(),
                inner,
            })
            .collect()
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Scheme {}>", self.inner.id())
    }
}

/// A weakness of a scheme itself, however well it is implemented. ``str()`` tells it in words.
#[pyclass(frozen, module = "paysig")]
pub struct Lint {
    scheme: String,
    inner: paysig::Lint,
}

#[pymethods]
impl Lint {
    /// The weakness: ``unsigned-body``.
    #[getter]
    fn id(&self) -> &'static str {
        self.inner.id
    }

    /// The id of the scheme.
    #[getter]
    fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The flow: ``request``, ``webhook`` or ``response``.
    #[getter]
    fn flow(&self) -> &'static str {
        self.inner.flow.name()
    }

    /// The line of the recipe, from 1; 0 if it is not known.
    #[getter]
    fn line(&self) -> u32 {
        self.inner.line.0
    }

    /// What is wrong, a sentence.
    #[getter]
    fn message(&self) -> &str {
        &self.inner.message
    }

    /// What it allows: two messages with one signature, an attack.
    #[getter]
    fn witness(&self) -> &str {
        &self.inner.witness
    }

    /// The recipe's reason to keep it so, where it gives one.
    #[getter]
    fn acknowledged(&self) -> Option<&str> {
        self.inner.acknowledged.as_deref()
    }

    fn __str__(&self) -> String {
        let Lint { scheme, inner } = self;
        let (flow, line) = (inner.flow.name(), inner.line.0);
        let mut text = format!(
            "{scheme} {flow}:{line}: {}: {}\n  {}",
            inner.id, inner.message, inner.witness
        );
        if let Some(reason) = &inner.acknowledged {
            text.push_str(&format!("\n  acknowledged: {reason}"));
        }
        text
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Lint {} {}>", self.scheme, self.inner.id)
    }
}

/// The ids of the catalogue, sorted.
///
/// >>> "stripe" in paysig.schemes()
/// True
#[pyfunction]
pub fn schemes() -> Vec<&'static str> {
    paysig::catalogue().iter().map(|(id, _)| *id).collect()
}

/// A scheme argument: an id or a Scheme.
pub fn scheme(value: &Bound<'_, PyAny>) -> PyResult<paysig::Scheme> {
    if let Ok(scheme) = value.cast::<Scheme>() {
        return Ok(scheme.get().inner.clone());
    }
    if value.is_instance_of::<PyString>() {
        return paysig::scheme(text("scheme", value)?).or_raise(value.py());
    }
    Err(argument(
        value.py(),
        "scheme",
        format!("scheme must be an id or a Scheme, not {}", kind(value)),
    ))
}

/// A flow argument.
pub fn flow(py: Python<'_>, name: &str) -> PyResult<Flow> {
    Flow::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Flow::ALL.iter().map(|f| f.name()).collect();
        argument(
            py,
            "flow",
            format!("flow {name:?} is not known; there are {}", known.join(", ")),
        )
    })
}

/// Whether signing or verifying a flow takes long enough to let other threads run, and reads random bytes: keys with a
/// public half.
pub fn is_asymmetric(scheme: &paysig::Scheme, flow: Flow) -> bool {
    use paysig::recipe::Algorithm;
    scheme.recipe().flow(flow).is_some_and(|spec| {
        spec.algorithm.all().iter().any(|a| {
            !matches!(
                a,
                Algorithm::Hmac(_) | Algorithm::Digest(_) | Algorithm::Token | Algorithm::Basic
            )
        })
    })
}
