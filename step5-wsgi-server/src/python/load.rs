//! From `module:attribute` to an application.
//!
//! Chapter 6 · PEP 3333, *The Application/Framework Side*
//!
//! *Strategy*: the forms are those that gunicorn's users know: `module:name`,
//! `module:name.of.attribute`, `module:factory()`, and `module` alone, which
//! means `application` in it or else `app`.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::error::LoadError;
use super::report;

/// The names that are tried if none is given.
const USUAL: [&str; 2] = ["application", "app"];

/// An application by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The module, dots and all.
    pub module: String,
    /// The attribute; `None` for the usual ones.
    pub attribute: Option<String>,
    /// What is between the parentheses, if the attribute is a factory.
    pub arguments: Option<String>,
}

impl std::str::FromStr for Name {
    type Err = LoadError;

    fn from_str(text: &str) -> Result<Self, LoadError> {
        let wrong = || LoadError::Form(text.to_owned());
        let (module, rest) = match text.split_once(':') {
            None => (text, None),
            Some((module, rest)) => (module, Some(rest)),
        };
        let (attribute, arguments) = match rest {
            Some(rest) => match rest.split_once('(') {
                Some((name, rest)) => (Some(name), Some(rest.strip_suffix(')').ok_or_else(wrong)?)),
                None => (Some(rest), None),
            },
            None => (None, None),
        };
        if !is_dotted(module) || attribute.is_some_and(|name| !is_dotted(name)) {
            return Err(wrong());
        }
        let own = |text: &str| text.to_owned();
        Ok(Name {
            module: own(module),
            attribute: attribute.map(own),
            arguments: arguments.map(own),
        })
    }
}

/// Whether these are names with dots between them. What a name may be made of
/// is Python's to say; here only what would be something else is refused.
fn is_dotted(text: &str) -> bool {
    let is_name =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.split('.').all(is_name) && !text.ends_with(".py")
}

/// Imports the module and finds the application in it.
///
/// # Errors
/// When there is no such module or attribute, when the module raises while it
/// is imported, and when the attribute cannot be called.
pub fn load(py: Python<'_>, name: &Name) -> Result<Py<PyAny>, LoadError> {
    let module = py.import(name.module.as_str()).map_err(|error| LoadError::Import {
        module: name.module.clone(),
        traceback: report::traceback(py, &error),
    })?;
    let (found, what) = find(&module, name)?;
    let application = match &name.arguments {
        Some(arguments) => make(&found, arguments).map_err(|error| LoadError::Factory {
            name: format!("{what}({arguments})"),
            traceback: report::traceback(py, &error),
        })?,
        None => found,
    };
    if !application.is_callable() {
        let kind =
            application.get_type().name().map_or_else(|_| "?".to_owned(), |it| it.to_string());
        return Err(LoadError::NotCallable { name: what, kind });
    }
    Ok(application.unbind())
}

/// The attribute, and what to call it in messages.
fn find<'py>(
    module: &Bound<'py, PyModule>,
    name: &Name,
) -> Result<(Bound<'py, PyAny>, String), LoadError> {
    let missing = |attribute: &str| LoadError::Missing {
        module: name.module.clone(),
        attribute: attribute.to_owned(),
        names: callables(module),
    };
    let Some(attribute) = &name.attribute else {
        let found = USUAL.iter().find_map(|usual| Some((module.getattr(*usual).ok()?, usual)));
        let (found, usual) = found.ok_or_else(|| missing("application and no app"))?;
        return Ok((found, format!("{}:{usual}", name.module)));
    };
    let mut found = module.clone().into_any();
    for part in attribute.split('.') {
        found = found.getattr(part).map_err(|_| missing(attribute))?;
    }
    Ok((found, format!("{}:{attribute}", name.module)))
}

/// Calls a factory. Its arguments are literals: `module:create_app("test", 3)`.
fn make<'py>(factory: &Bound<'py, PyAny>, arguments: &str) -> PyResult<Bound<'py, PyAny>> {
    if arguments.trim().is_empty() {
        return factory.call0();
    }
    let literal_eval = factory.py().import("ast")?.getattr("literal_eval")?;
    let arguments = literal_eval.call1((format!("({arguments},)"),))?;
    factory.call1(arguments.cast_into::<PyTuple>()?)
}

/// The names in a module that can be called, for whoever has mistaken one.
fn callables(module: &Bound<'_, PyModule>) -> Vec<String> {
    let names = |dict: Bound<'_, PyDict>| {
        let can_be_called = dict.iter().filter(|(_, value)| value.is_callable());
        let names = can_be_called.filter_map(|(name, _)| name.extract::<String>().ok());
        let mut names: Vec<_> = names.filter(|name| !name.starts_with("__")).collect();
        names.sort();
        names
    };
    module.dict().copy().map(names).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let name = text.parse::<Name>().ok();
        let parts = name.as_ref().map(|name| {
            (name.module.as_str(), name.attribute.as_deref(), name.arguments.as_deref())
        });
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn an_application_is_named_as_gunicorns_users_name_it() {
        check("wsgi_app:app", Some(("wsgi_app", Some("app"), None)));
        check("wsgi_app", Some(("wsgi_app", None, None)));
        check("site.wsgi:application", Some(("site.wsgi", Some("application"), None)));
        check("m:make.app", Some(("m", Some("make.app"), None)));
        check("m:create_app()", Some(("m", Some("create_app"), Some(""))));
        check("m:create_app('a', 1)", Some(("m", Some("create_app"), Some("'a', 1"))));
        for wrong in ["", ":app", "m:", "m:f(", "wsgi_app.py", "./wsgi_app:app", "a..b:c", "m:a b"]
        {
            check(wrong, None);
        }
    }
}
