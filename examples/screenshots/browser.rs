//! A page as a browser draws it.

use std::error::Error;
use std::path::Path;
use std::process::Command;

/// Columns of dots that a page is drawn in.
const WIDTH: u32 = 1000;

/// Draws the top of a page; `dark` for who likes it so.
pub fn picture(page: &Path, height: u32, dark: bool, into: &Path) -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
        .args([
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .arg(format!("--blink-settings=preferredColorScheme={}", if dark { 0 } else { 1 }))
        .arg(format!("--window-size={WIDTH},{height}"))
        .arg(format!("--screenshot={}", std::path::absolute(into)?.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .map_err(|error| format!("chromium, which draws the report, cannot be run: {error}"))?;
    if output.status.success() && into.exists() {
        return Ok(());
    }
    Err(format!("chromium draws nothing: {}", String::from_utf8_lossy(&output.stderr)).into())
}
