//! Colours and weights of text (`CSI … m`): what of them is shown.

use std::fmt::Write;

/// Rewrites the parameters of an SGR sequence with what only changes how text looks and leaves it
/// readable; none where nothing of it is left.
///
/// Blinking (5, 6) and concealed text (8) are left out: a log must not be able to hide its words.
pub(super) fn harmless<'a>(params: impl Iterator<Item = &'a [u16]>) -> Option<String> {
    let mut kept = String::new();
    let mut params = params.peekable();
    let mut is_empty = true;
    while let Some(param) = params.next() {
        is_empty = false;
        let code = param.first().copied().unwrap_or(0);
        let mut values = param.to_vec();
        if matches!(code, 38 | 48 | 58) && values.len() == 1 {
            // The older form: the colour's own numbers are parameters of their own.
            let count = match params.peek().and_then(|next| next.first()) {
                Some(5) => 2,
                Some(2) => 4,
                _ => 0,
            };
            values.extend((0..count).map_while(|_| params.next()?.first().copied()));
            if count == 0 || values.len() != count + 1 {
                continue;
            }
        }
        if is_harmless(code) {
            let separator = if param.len() > 1 { ':' } else { ';' };
            if !kept.is_empty() {
                kept.push(';');
            }
            join(&mut kept, &values, separator);
        }
    }
    if is_empty {
        kept.push('0');
    }
    (!kept.is_empty()).then_some(kept)
}

fn join(into: &mut String, values: &[u16], separator: char) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            into.push(separator);
        }
        let _ = write!(into, "{value}");
    }
}

fn is_harmless(code: u16) -> bool {
    matches!(code, 0..=4 | 7 | 9 | 21..=25 | 27..=49 | 53 | 55 | 58 | 59 | 90..=97 | 100..=107)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    fn kept(params: &[&[u16]]) -> String {
        harmless(params.iter().copied()).unwrap_or_default()
    }

    #[test]
    fn colours_stay_and_concealing_goes() {
        assert_eq!(kept(&[&[1], &[31]]), "1;31");
        assert_eq!(kept(&[]), "0");
        assert_eq!(kept(&[&[8]]), "");
        assert_eq!(kept(&[&[31], &[8], &[5], &[1]]), "31;1");
        assert_eq!(kept(&[&[38], &[5], &[8], &[1]]), "38;5;8;1");
        assert_eq!(kept(&[&[48], &[2], &[1], &[8], &[3]]), "48;2;1;8;3");
        assert_eq!(kept(&[&[38, 2, 0, 1, 2, 3], &[4, 3]]), "38:2:0:1:2:3;4:3");
        assert_eq!(kept(&[&[38], &[5]]), "");
    }
}
