//! Lists of words in a query.

use std::str::FromStr;

use crate::api::ApiError;
use crate::server::problem::Problem;

/// The words of a parameter, separated by commas.
///
/// # Errors
/// For a word that is none of those known.
pub fn words<T: FromStr>(name: &str, text: Option<&str>) -> Result<Vec<T>, Problem>
where
    T::Err: std::fmt::Display,
{
    let words =
        text.into_iter().flat_map(|text| text.split(',')).map(str::trim).filter(|word| !word.is_empty());
    let parse = |word: &str| word.parse().map_err(|error| ApiError::usage(format_args!("{name}: {error}")));
    Ok(words.map(parse).collect::<Result<_, _>>()?)
}
