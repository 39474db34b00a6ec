//! Lists page by page, each page from where the last one ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// Items of a page, where it is not said.
pub const USUAL: usize = 50;
/// Items of a page at most.
pub const MOST: usize = 500;

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PageRequest {
    /// What the last page gave as `next`; absent: the first page.
    pub cursor: Option<String>,
    /// Items at most; 1 to 500, else 50.
    pub limit: Option<usize>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl PageRequest {
    /// Items at most.
    ///
    /// # Errors
    /// For a number that is not allowed.
    pub fn size(&self) -> Result<usize, ApiError> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit @ 1..=MOST) => Ok(limit),
            Some(limit) => Err(ApiError::usage(format_args!("limit is {limit}, and must be 1 to {MOST}"))
                .with_hint("leave it out for 50")),
        }
    }

    /// The place after which the page begins.
    ///
    /// # Errors
    /// For a cursor that no page gave.
    pub fn mark<M: DeserializeOwned>(&self) -> Result<Option<M>, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let mark = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        mark.map(Some).ok_or_else(|| {
            ApiError::usage("the cursor is none that a page gave").with_hint("begin again without a cursor")
        })
    }
}

impl<T> Page<T> {
    /// A page of at most `size` items of those found after its beginning.
    pub fn cut<M: Serialize>(mut items: Vec<(M, T)>, size: usize) -> Self {
        let more = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| more).map(|(mark, _)| cursor(mark));
        Self { next, items: items.into_iter().map(|(_, item)| item).collect() }
    }
}

/// The text form of a place, which [`PageRequest::mark`] takes back.
pub fn cursor(mark: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(mark).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let all: Vec<(u32, u32)> = (0..7).map(|n| (n, n * 10)).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let request = PageRequest { cursor, limit: Some(3) };
            let after: Option<u32> = request.mark().expect("a cursor of ours");
            let rest =
                all.iter().copied().filter(|(mark, _)| after.is_none_or(|after| *mark > after)).collect();
            let page = Page::cut(rest, request.size().expect("a size"));
            seen.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, [0, 10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn odd_requests_are_refused() {
        for limit in [0, 501, usize::MAX] {
            assert!(PageRequest { cursor: None, limit: Some(limit) }.size().is_err());
        }
        for cursor in ["", "x", "!!", "bm90IGpzb24", &"A".repeat(100_000)] {
            let request = PageRequest { cursor: Some(cursor.to_owned()), limit: None };
            assert!(request.mark::<(i64, String)>().is_err(), "{cursor:.10}");
        }
    }
}
