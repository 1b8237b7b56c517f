//! Shows how two texts differ, line by line.
//!
//! *Strategy*: the longest common subsequence of lines, by the table that every textbook draws.
//! A transcript has tens of lines, so its square does not matter.
//!
//! ```
//! let diff = check::diff::lines("one\ntwo\nthree", "one\n2\nthree");
//! assert_eq!(diff, "  one\n- two\n+ 2\n  three\n");
//! ```

/// The lines of `old` and `new`: `- ` gone, `+ ` come, two blanks for what is in both.
#[must_use]
pub fn lines(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let common = common_suffixes(&old, &new);
    let (mut i, mut j) = (0, 0);
    let mut diff = String::new();
    while i < old.len() || j < new.len() {
        let (mark, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        diff.push_str(&format!("{mark} {line}"));
        diff.push('\n');
    }
    diff
}

/// `[i][j]`: the length of the longest common subsequence of `old[i..]` and `new[j..]`.
fn common_suffixes(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match old[i] == new[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn differences_are_shown_in_place() {
        assert_eq!(lines("a", "a"), "  a\n");
        assert_eq!(lines("", "a"), "+ a\n");
        assert_eq!(lines("a\nb", "b"), "- a\n  b\n");
        assert_eq!(lines("a\n\nb", "a\nb"), "  a\n- \n  b\n");
    }
}
