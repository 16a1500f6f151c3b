//! How long a call may take: as long as its client waits, and never longer than the server lets it.

use std::time::Duration;

use tonic::Status;
use tonic::codegen::http::HeaderMap;

use crate::rpc::convert::Violation;
use crate::rpc::status;

const HEADER: &str = "grpc-timeout";

/// The shorter of the client's time and the server's.
///
/// # Errors
/// INVALID_ARGUMENT for a `grpc-timeout` that is none: to ignore it would let a call go on that nobody waits for.
pub fn allowed(headers: &HeaderMap, longest: Duration) -> Result<Duration, Status> {
    let Some(value) = headers.get(HEADER) else { return Ok(longest) };
    let asked = value.to_str().ok().and_then(parse);
    asked.map(|asked| asked.min(longest)).ok_or_else(|| {
        let description = "is 1 to 8 digits and a unit of H, M, S, m, u or n, such as 500m for half a second";
        status::invalid(vec![Violation { field: HEADER.to_owned(), description: description.to_owned() }])
    })
}

/// As the protocol has it: at most eight digits and a unit.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);

    fn asked(value: &'static str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, value.parse().unwrap());
        allowed(&headers, LONGEST).ok()
    }

    #[test]
    fn the_shorter_time_counts() {
        assert_eq!(allowed(&HeaderMap::new(), LONGEST).unwrap(), LONGEST);
        assert_eq!(asked("500m"), Some(Duration::from_millis(500)));
        assert_eq!(asked("0n"), Some(Duration::ZERO));
        assert_eq!(asked("99999999H"), Some(LONGEST));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for strange in ["", "S", "5", "5s", "-5S", "+5S", "123456789S", "5 S", "five"] {
            assert_eq!(asked(strange), None, "{strange:?}");
        }
    }
}
