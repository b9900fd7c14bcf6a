//! format=flowed of RFC 3676, undone: one line for each paragraph.

/// Joins soft-broken lines. `delsp`: the blank at the end of a soft-broken line is no part of the text.
///
/// Lines of different quote depth are never joined (section 4.5), nor is the signature separator (4.3). Nor is a line
/// that begins with `#` and a letter: telephones leave a blank behind a word that they completed, and the next command
/// is no end of it.
pub fn unwrap(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of the paragraph that is still open, if one is.
    let mut open = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&octet| octet == b'>').count();
        let bare = line.get(depth..).unwrap_or_default();
        let bare = bare.strip_prefix(' ').unwrap_or(bare);
        let separator = bare == "-- ";
        let soft = bare.ends_with(' ') && !separator;
        let content = if soft && delsp { bare.strip_suffix(' ').unwrap_or(bare) } else { bare };
        let word = bare.strip_prefix('#').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        if open != Some(depth) || separator || word {
            if open.is_some() {
                end_line(&mut out);
            }
            if depth > 0 {
                out.push_str(line.get(..depth).unwrap_or_default());
                out.push(' ');
            }
        }
        out.push_str(content);
        open = soft.then_some(depth);
        if !soft {
            if separator {
                out.push('\n');
            } else {
                end_line(&mut out);
            }
        }
    }
    out
}

/// Ends a line without the blanks that only flowed.
fn end_line(out: &mut String) {
    let length = out.trim_end_matches(' ').len();
    out.truncate(length);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::unwrap;

    #[test]
    fn paragraphs_become_lines() {
        for (flowed, delsp, wanted) in [
            ("one \ntwo\nthree", false, "one two\nthree\n"),
            ("one \ntwo", true, "onetwo\n"),
            ("> quoted \n> more\nmine", false, "> quoted more\nmine\n"),
            ("> quoted \nmine", false, "> quoted\nmine\n"),
            (" >not a quote\n From here", false, ">not a quote\nFrom here\n"),
            ("text \n-- \nAna", false, "text\n-- \nAna\n"),
            (">> deep \n>> er", false, ">> deep er\n"),
            ("#high \n#close \nThanks \n#4 on it", false, "#high\n#close Thanks #4 on it\n"),
            ("", false, ""),
        ] {
            assert_eq!(unwrap(flowed, delsp), wanted, "{flowed:?}");
        }
    }
}
