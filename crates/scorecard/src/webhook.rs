//! Alerts delivered to a webhook: one POST each, in order, at least once.
//!
//! Every alert stands in a file of undelivered alerts before the first is sent, and leaves it only when the receiver has answered with a
//! status of 2xx: whatever happens in between, it is delivered or in the file. One that was delivered may be in it as well, after a crash,
//! so each carries its id as `Idempotency-Key`, the same in every try and every run.
//!
//! Back-off is deterministic, without jitter: there is one sender, so there is no herd to spread.

mod answer;
mod undelivered;

use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

pub use undelivered::{Alert, Undelivered, UndeliveredError};

use answer::Answer;

/// The longest wait between two tries of an alert.
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);
/// The longest wait a receiver may ask for; where it asks for more, the rest is left for later.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Failures that are kept to be told one by one.
const TOLD: usize = 10;

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// The longest that one request may take, connecting and answering included.
    pub timeout: Duration,
    /// Further tries of an alert after the first.
    pub retries: u32,
    /// Wait before the first of them; it doubles before each further one, up to a minute.
    pub backoff: Duration,
    /// After so many alerts in a row that were not delivered, the others are not tried.
    pub give_up_after: u32,
}

/// A receiver of alerts.
#[derive(Debug)]
pub struct Webhook {
    agent: Agent,
    url: String,
    place: String,
    tries: Tries,
}

/// A URL that cannot be posted to. It is not repeated: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook should be a URL such as https://example.com/hook")]
pub struct NotAUrl;

/// What became of some alerts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Alerts the receiver took.
    pub delivered: u64,
    /// Alerts tried and not taken, and those not tried any more.
    pub undelivered: u64,
    /// The first ones not taken: id and why.
    pub failures: Vec<(String, String)>,
    /// Whether the rest was given up.
    pub gave_up: bool,
}

/// Why an alert was not delivered.
struct Failure {
    why: String,
    /// Whether the receiver has asked to be left alone for long.
    stop: bool,
}

impl Webhook {
    /// A receiver at a URL.
    ///
    /// # Errors
    /// Where it is no http or https URL with a host.
    pub fn new(url: &str, tries: Tries) -> Result<Self, NotAUrl> {
        let uri: Uri = url.parse().map_err(|_| NotAUrl)?;
        let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme)).ok_or(NotAUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(NotAUrl)?;
        let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
        let place = format!("{scheme}://{host}{port}");
        let config = Agent::config_builder()
            .timeout_global(Some(tries.timeout))
            .http_status_as_error(false)
            // A redirected POST becomes a GET: better said than followed.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(crate::provenance::TOOL.replace(' ', "/"));
        Ok(Self { agent: config.build().into(), url: url.to_owned(), place, tries })
    }

    /// Scheme, host and port: what may be printed of the URL, whose path, query and password may be secret.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Sends alerts in order. They are in the file before the first is sent; those delivered are taken out of it in the end.
    ///
    /// # Errors
    /// Where the file of undelivered alerts cannot be written. Then none was sent, or, in the end, it still names ones that were.
    pub fn deliver(&self, alerts: &[Alert], file: &mut Undelivered) -> Result<Delivery, UndeliveredError> {
        file.add(alerts)?;
        let mut delivery = Delivery::default();
        let mut delivered: Vec<&str> = Vec::new();
        let mut failed_in_a_row = 0;
        for (place, alert) in alerts.iter().enumerate() {
            match self.send(alert) {
                Ok(()) => {
                    delivered.push(&alert.id);
                    failed_in_a_row = 0;
                }
                Err(failure) => {
                    failed_in_a_row += 1;
                    if delivery.failures.len() < TOLD {
                        delivery.failures.push((alert.id.clone(), failure.why));
                    }
                    if failure.stop || failed_in_a_row >= self.tries.give_up_after {
                        delivery.gave_up = place + 1 < alerts.len();
                        break;
                    }
                }
            }
        }
        delivery.delivered = delivered.len() as u64;
        delivery.undelivered = alerts.len() as u64 - delivery.delivered;
        file.remove(&delivered)?;
        Ok(delivery)
    }

    /// Sends one alert, again and again where that may help.
    fn send(&self, alert: &Alert) -> Result<(), Failure> {
        let mut backoff = self.tries.backoff;
        let mut tries_left = self.tries.retries;
        loop {
            let (why, wait) = match self.post(alert) {
                Answer::Taken => return Ok(()),
                Answer::Refused(why) => return Err(Failure { why, stop: false }),
                Answer::Later(why, wait) => (why, wait),
            };
            if let Some(wait) = wait.filter(|wait| *wait > LONGEST_WAIT) {
                let why = format!("{why} and asked to wait {} seconds", wait.as_secs());
                return Err(Failure { why, stop: true });
            }
            if tries_left == 0 {
                let why = format!("{why}, {} times", u64::from(self.tries.retries) + 1);
                return Err(Failure { why, stop: false });
            }
            tries_left -= 1;
            sleep(wait.unwrap_or(backoff.min(LONGEST_BACKOFF)));
            backoff = backoff.saturating_mul(2);
        }
    }

    fn post(&self, alert: &Alert) -> Answer {
        let request = self.agent.post(&self.url).header("Content-Type", "application/json");
        Answer::of(request.header("Idempotency-Key", &alert.id).send(&alert.body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIES: Tries =
        Tries { timeout: Duration::from_secs(1), retries: 0, backoff: Duration::ZERO, give_up_after: 1 };

    #[test]
    fn secrets_of_a_url_are_no_part_of_its_place() {
        let place = |url: &str| Webhook::new(url, TRIES).map(|webhook| webhook.place().to_owned());
        assert_eq!(place("https://hooks.example.com/T00/secret?token=x").as_deref(), Ok("https://hooks.example.com"));
        assert_eq!(place("http://user:secret@127.0.0.1:8080/x").as_deref(), Ok("http://127.0.0.1:8080"));
        for bad in ["", "hooks.example.com/secret", "ftp://example.com/secret", "https://", "/secret", "a b"] {
            let error = Webhook::new(bad, TRIES).expect_err("no URL");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
