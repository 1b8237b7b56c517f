//! What the naive server and step 2 answer to the hostile set.

use super::table;
use crate::hostile;
use crate::target::{self, Step};

pub(super) fn measure() -> Result<String, String> {
    let columns = hostile::run_all(&target::build(&[Step::Naive, Step::Two])?)?;
    let heads: Vec<String> = std::iter::once("Sent".to_owned())
        .chain(columns.iter().map(|(step, _)| step.in_words()))
        .collect();
    let cell = |row: &hostile::Row| match &row.failure {
        Some(failure) => format!("{}, **{failure}**", row.answer),
        None => row.answer.clone(),
    };
    let rows: Vec<Vec<String>> = hostile::items::ITEMS
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let cells = columns.iter().filter_map(|(_, rows)| rows.get(at)).map(cell);
            std::iter::once(in_code(item.name)).chain(cells).collect()
        })
        .collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    Ok(table(&heads, &rows).replace("---:", "---"))
}

/// What is to be sent as it stands is set as code.
fn in_code(name: &str) -> String {
    if name.starts_with(['/', '?', '-']) { format!("`{name}`") } else { name.to_owned() }
}
