//! What a receiver's answer, or its silence, means for an alert.

use std::time::Duration;

use jiff::fmt::rfc2822;
use ureq::http::header::{DATE, HeaderName, RETRY_AFTER};
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Body, Error};

/// Statuses by which a receiver that may take the alert later says so; besides these, all of 5xx.
const PASSING: [StatusCode; 2] = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
/// The part of an answer's body that is read, so that the connection can be used again.
const BODY_READ: u64 = 65_536;

/// What became of one request. Reasons name no URL.
pub(super) enum Answer {
    /// The receiver has it.
    Taken,
    /// The receiver does not want it, now or later.
    Refused(String),
    /// It may take it later, after the time it asked for.
    Later(String, Option<Duration>),
}

impl Answer {
    pub(super) fn of(result: Result<Response<Body>, Error>) -> Self {
        let mut response = match result {
            Ok(response) => response,
            Err(error) => return Self::of_error(&error),
        };
        // The status alone decides: what may be wrong with the body is no concern of ours.
        _ = response.body_mut().with_config().limit(BODY_READ).read_to_vec();
        let status = response.status();
        let why = format!("the receiver answered {}", status.as_u16());
        if status.is_success() {
            Self::Taken
        } else if status.is_server_error() || PASSING.contains(&status) {
            Self::Later(why, retry_after(response.headers()))
        } else if status.is_redirection() {
            Self::Refused(why + ", a redirection, which is not followed: name the place it leads to")
        } else {
            Self::Refused(why)
        }
    }

    fn of_error(error: &Error) -> Self {
        match error {
            Error::Timeout(_) => Self::Later("there was no answer in time".to_owned(), None),
            Error::Io(cause) => Self::Later(format!("the connection failed ({})", cause.kind()), None),
            Error::HostNotFound => Self::Later("the host was not found".to_owned(), None),
            Error::ConnectionFailed => Self::Later("the connection failed".to_owned(), None),
            Error::Protocol(_) => Self::Later("the answer was no HTTP".to_owned(), None),
            Error::Tls(_) | Error::Rustls(_) => Self::Refused("the connection could not be made safe (TLS)".to_owned()),
            _ => Self::Refused("the request could not be made".to_owned()),
        }
    }
}

/// How long to wait: so many seconds, or from the answer's own date to a date, so that no clock of ours matters.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let after = text(RETRY_AFTER)?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let [until, now] = [after, text(DATE)?].map(|date| rfc2822::parse(date).ok().map(|date| date.timestamp()));
    let seconds = until?.as_second() - now?.as_second();
    Some(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(HeaderName, &str)]) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header's value")));
        retry_after(&headers.collect()).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_receiver_asks_for_seconds_or_for_a_date() {
        assert_eq!(wait(&[(RETRY_AFTER, "17")]), Some(17));
        assert_eq!(wait(&[(RETRY_AFTER, " 0 ")]), Some(0));
        let (until, now) = ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:26:30 GMT");
        assert_eq!(wait(&[(RETRY_AFTER, until), (DATE, now)]), Some(90));
        assert_eq!(wait(&[(RETRY_AFTER, now), (DATE, until)]), Some(0));
        assert_eq!(wait(&[(RETRY_AFTER, until)]), None);
        assert_eq!(wait(&[(RETRY_AFTER, "soon"), (DATE, now)]), None);
        assert_eq!(wait(&[(RETRY_AFTER, "-1"), (DATE, now)]), None);
        assert_eq!(wait(&[(DATE, now)]), None);
    }
}
