//! Python's wsgiref, asked today: the twins answer the same, and the recordings
//! are what it answers.

mod twin;

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_twins_answer_the_same_today() {
    let (folder, root) = twin::root();
    let fresh = folder.path().join("fresh");
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let output = Command::new("python3")
        .arg("-B") // leaves no compiled files about
        .arg(python.join("record.py"))
        .args([twin::here().join("calls"), root.clone(), fresh.clone()])
        .output()
        .expect("python3 is needed for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let update = std::env::var_os("UPDATE").is_some();
    for call in twin::calls() {
        let name = format!("{}.raw", call.name);
        let theirs = fs::read(fresh.join(&name)).expect("recorded just now");
        twin::assert_same(&call.name, &twin::ours(&call, &root), &theirs);
        let recorded = twin::here().join("recorded").join(&name);
        if update {
            fs::write(&recorded, &theirs).expect("written");
        }
        let kept = fs::read(&recorded).unwrap_or_default();
        assert!(kept == theirs, "{name} is old: UPDATE=1 writes it anew");
    }
}
