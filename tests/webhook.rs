//! `leadcal replay --webhook` against a real HTTP server over loopback, whose answers are a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What the server does with a request.
#[derive(Debug, Clone, Copy)]
enum Reply {
    Status(u16, &'static str),
    /// It says nothing until the client goes.
    Silence,
    /// It closes the connection in the middle of the first line.
    Half,
    /// It closes the connection in the middle of the body of a 200.
    HalfBody,
}

#[derive(Debug, Clone, PartialEq)]
struct Request {
    line: String,
    key: String,
    body: String,
}

struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers one request after the other as the script says, then all others with 200.
    fn start(script: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, script) = (Arc::clone(&requests), script.to_vec());
        thread::spawn(move || {
            let mut script = script.into_iter();
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.expect("a connection"));
                while let Some(request) = read(&mut stream) {
                    seen.lock().expect("nobody panicked").push(request);
                    let reply = script.next().unwrap_or(Reply::Status(200, ""));
                    if !answer(stream.get_mut(), reply) {
                        break;
                    }
                }
            }
        });
        Self { port, requests }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook/s3cret?token=s3cret", self.port)
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("nobody panicked").clone()
    }

    fn keys(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.key).collect()
    }
}

/// A request; `None` where the client has gone.
fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    let mut request = Request { line: String::new(), key: String::new(), body: String::new() };
    let mut length = 0;
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let text = line.trim_end();
        if request.line.is_empty() {
            text.clone_into(&mut request.line);
        } else if text.is_empty() {
            break;
        } else if let Some((name, value)) = text.split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "idempotency-key" => value.clone_into(&mut request.key),
                "content-length" => length = value.parse().expect("a length"),
                "content-type" => assert_eq!(value, "application/json"),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).expect("UTF-8");
    Some(request)
}

/// Whether the connection stays open.
fn answer(stream: &mut TcpStream, reply: Reply) -> bool {
    match reply {
        Reply::Status(status, headers) => {
            write!(stream, "HTTP/1.1 {status} Said\r\nContent-Length: 2\r\n{headers}\r\nok").is_ok()
        }
        Reply::Silence => {
            _ = stream.read(&mut [0; 1]);
            false
        }
        Reply::Half => {
            _ = stream.write_all(b"HTTP/1.1 20");
            false
        }
        Reply::HalfBody => {
            _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nok");
            false
        }
    }
}

/// A folder with the files of the case `replay`.
fn sandbox() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    super::copy(Path::new("../../tests/cases/replay/cmd.in"), folder.path());
    folder
}

fn command(folder: &Path, url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(super::LEADCAL);
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(proxy);
    }
    command.current_dir(folder).args(["replay", "--webhook", url, "--backoff", "0.001"]).args(arguments);
    command
}

const REPLAY: [&str; 6] = ["scoring.json", "leads.csv", "--events", "events.csv", "--to", "2024-06-01"];
const RESEND: [&str; 2] = ["--resend", "undelivered.ndjson"];

fn run(folder: &Path, url: &str, arguments: &[&str], more: &[&str]) -> Output {
    let output = command(folder, url, arguments).args(more).output().expect("it runs");
    let said = text(&output.stderr);
    assert!(!said.contains("s3cret"), "no part of the URL that may be secret is printed: {said}");
    assert!(!folder.join("undelivered.ndjson.lock").exists());
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn id(line: &str) -> String {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["id"].as_str().expect("an id").to_owned()
}

/// The ids of the alerts in the file, in its order.
fn undelivered(folder: &Path) -> Vec<String> {
    let file = std::fs::read_to_string(folder.join("undelivered.ndjson")).unwrap_or_default();
    file.lines().map(id).collect()
}

/// The lines of the replay that are alerts by default: entries from below into the highest band and into any stage.
fn alerts(output: &Output) -> Vec<String> {
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 21, "every line is written, whatever becomes of the alerts");
    let alert = |line: &&str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let up = line["direction"] != "down";
        line["change"] == "enter" && up && (line["kind"] == "stage" || line["name"] == "hot")
    };
    lines.lines().filter(alert).map(str::to_owned).collect()
}

fn ids(alerts: &[String]) -> Vec<String> {
    alerts.iter().map(|line| id(line)).collect()
}

#[test]
fn alerts_are_posted_in_order_with_their_id_as_key() {
    let (folder, server) = (sandbox(), Server::start(&[]));
    let output = run(folder.path(), &server.url(), &REPLAY, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let alerts = alerts(&output);
    assert_eq!(alerts.len(), 5);
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.line == "POST /hook/s3cret?token=s3cret HTTP/1.1"));
    assert_eq!(requests.iter().map(|request| request.body.clone()).collect::<Vec<_>>(), alerts);
    assert_eq!(server.keys(), ids(&alerts));
    assert!(!folder.path().join("undelivered.ndjson").exists());
    assert!(text(&output.stderr).contains(&format!("alerts delivered to http://127.0.0.1:{}: 5\n", server.port)));
    // The URL may stand in a file; other alerts may be asked for.
    std::fs::write(folder.path().join("hook.txt"), server.url() + "\n").expect("written");
    let output = run(folder.path(), "@hook.txt", &REPLAY, &["--alerts", "band:warm", "-o", "moves.ndjson"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(server.requests().len(), 6);
    let warm: Value = serde_json::from_str(&server.requests()[5].body).expect("JSON");
    assert_eq!((&warm["name"], &warm["lead"]), (&"warm".into(), &"a".into()));
}

#[test]
fn what_may_pass_is_tried_again_with_the_same_key() {
    let passing = [
        Reply::Status(500, ""),
        Reply::Status(503, "Retry-After: 0\r\n"),
        Reply::Status(429, "Retry-After: 0\r\n"),
        Reply::Status(408, ""),
        Reply::Half,
        Reply::Status(200, ""),
    ];
    let (folder, server) = (sandbox(), Server::start(&passing));
    let output = run(folder.path(), &server.url(), &REPLAY, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let ids = ids(&alerts(&output));
    let keys = server.keys();
    assert_eq!(keys[..6], vec![ids[0].clone(); 6]);
    assert_eq!(keys[6..], ids[1..]);
    let first = server.requests();
    assert!(first[..6].iter().all(|request| request.body == first[0].body));
    assert!(!folder.path().join("undelivered.ndjson").exists());
}

#[test]
fn an_answer_that_does_not_come_in_time_is_waited_for_no_longer() {
    let (folder, server) = (sandbox(), Server::start(&[Reply::Silence]));
    let output = run(folder.path(), &server.url(), &REPLAY, &["--timeout", "0.5"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let (keys, ids) = (server.keys(), ids(&alerts(&output)));
    assert_eq!((&keys[0], &keys[1..]), (&ids[0], &ids[..]));
}

#[test]
fn a_status_decides_even_where_the_body_breaks_off() {
    let (folder, server) = (sandbox(), Server::start(&[Reply::HalfBody]));
    let output = run(folder.path(), &server.url(), &REPLAY, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(server.keys(), ids(&alerts(&output)));
}

#[test]
fn what_is_refused_is_not_tried_again_and_stays_in_the_file() {
    for (status, said) in [(400, "answered 400"), (401, "answered 401"), (302, "answered 302, a redirection")] {
        let script = [Reply::Status(200, ""), Reply::Status(status, "Location: /elsewhere\r\n")];
        let (folder, server) = (sandbox(), Server::start(&script));
        let output = run(folder.path(), &server.url(), &REPLAY, &[]);
        assert_eq!(output.status.code(), Some(2));
        let ids = ids(&alerts(&output));
        assert_eq!(server.keys(), ids, "each once, in order");
        assert_eq!(undelivered(folder.path()), [ids[1].clone()]);
        let messages = text(&output.stderr);
        assert!(messages.contains(said) && messages.contains("error: 1 of 5 alerts were not delivered"), "{messages}");
    }
}

#[test]
fn nothing_is_lost_when_the_receiver_is_down() {
    let folder = sandbox();
    // A port that nobody listens on any more.
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let nowhere = format!("http://user:s3cret@127.0.0.1:{port}/s3cret");
    let output = run(folder.path(), &nowhere, &REPLAY, &["--retries", "1"]);
    assert_eq!(output.status.code(), Some(2));
    let alerts = alerts(&output);
    assert_eq!(undelivered(folder.path()), ids(&alerts));
    let messages = text(&output.stderr);
    assert!(messages.contains("the connection failed (connection refused), 2 times"), "{messages}");
    assert!(messages.contains("leadcal replay --resend undelivered.ndjson --webhook URL"), "{messages}");
    // Once more: no alert stands there twice.
    run(folder.path(), &nowhere, &REPLAY, &["--retries", "0"]);
    assert_eq!(undelivered(folder.path()), ids(&alerts));
    // Resending goes the same way: what fails stays, what is taken goes.
    assert_eq!(run(folder.path(), &nowhere, &RESEND, &["--retries", "0"]).status.code(), Some(2));
    assert_eq!(undelivered(folder.path()), ids(&alerts));
    let server = Server::start(&[Reply::Status(200, ""), Reply::Status(400, "")]);
    assert_eq!(run(folder.path(), &server.url(), &RESEND, &[]).status.code(), Some(2));
    assert_eq!(undelivered(folder.path()), [ids(&alerts)[1].clone()]);
    let output = run(folder.path(), &server.url(), &RESEND, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies[..5], alerts, "as they were first, in their order");
    assert_eq!(bodies[5], alerts[1]);
    assert!(!folder.path().join("undelivered.ndjson").exists());
}

#[test]
fn a_receiver_that_fails_again_and_again_is_left_alone() {
    let (folder, server) = (sandbox(), Server::start(&[Reply::Status(500, ""); 100]));
    let output = run(folder.path(), &server.url(), &REPLAY, &["--retries", "2", "--give-up-after", "2"]);
    assert_eq!(output.status.code(), Some(2));
    let ids = ids(&alerts(&output));
    let expected: Vec<String> = ids[..2].iter().flat_map(|id| vec![id.clone(); 3]).collect();
    assert_eq!(server.keys(), expected);
    assert_eq!(undelivered(folder.path()), ids);
    assert!(text(&output.stderr).contains("the alerts after it were not tried any more"));
}

#[test]
fn a_receiver_that_asks_for_long_is_left_alone() {
    let script = [Reply::Status(200, ""), Reply::Status(429, "Retry-After: 3600\r\n")];
    let (folder, server) = (sandbox(), Server::start(&script));
    let output = run(folder.path(), &server.url(), &REPLAY, &[]);
    assert_eq!(output.status.code(), Some(2));
    let ids = ids(&alerts(&output));
    assert_eq!(server.keys(), ids[..2]);
    assert_eq!(undelivered(folder.path()), ids[1..]);
    assert!(text(&output.stderr).contains("the receiver answered 429 and asked to wait 3600 seconds"));
}

#[test]
fn a_command_that_is_killed_leaves_every_alert_delivered_or_in_the_file() {
    let (folder, server) = (sandbox(), Server::start(&[Reply::Status(200, ""), Reply::Silence]));
    let mut replay = command(folder.path(), &server.url(), &REPLAY);
    let mut child: Child =
        replay.args(["--timeout", "600"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    while server.requests().len() < 2 {
        assert_eq!(child.try_wait().expect("a child"), None, "it waits for an answer");
        thread::yield_now();
    }
    // Nobody else may work on the file in the meantime.
    let busy = command(folder.path(), &server.url(), &RESEND).output().expect("it runs");
    assert!(text(&busy.stderr).contains("another command is delivering its alerts"), "{}", text(&busy.stderr));
    child.kill().expect("killed");
    child.wait().expect("ended");
    let left = undelivered(folder.path());
    assert_eq!(left.len(), 5);
    assert_eq!(run(folder.path(), &server.url(), &RESEND, &[]).status.code(), Some(0));
    let keys = server.keys();
    assert_eq!(keys[..2], left[..2]);
    assert_eq!(keys[2..], left, "the first two came twice, with the same keys");
    assert!(!folder.path().join("undelivered.ndjson").exists());
}

#[test]
fn alerts_of_earlier_commands_stay_in_the_file() {
    let (folder, server) = (sandbox(), Server::start(&[]));
    let earlier =
        r#"{"id":"earlier","time":"2024-01-01T00:00:00Z","lead":"z","kind":"band","change":"enter","name":"hot"}"#;
    std::fs::write(folder.path().join("undelivered.ndjson"), format!("{earlier}\n")).expect("written");
    let output = run(folder.path(), &server.url(), &REPLAY, &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(server.keys(), ids(&alerts(&output)));
    assert_eq!(undelivered(folder.path()), ["earlier"]);
    assert!(text(&output.stderr).contains(
        "alerts of earlier commands in undelivered.ndjson: 1; those that this command does not send stay there"
    ));
}

#[test]
fn bad_usage_is_told_before_anything_is_sent() {
    let (folder, server) = (sandbox(), Server::start(&[]));
    let before = super::files(folder.path());
    let cases: [(&str, &[&str], &[&str], &str); 8] = [
        ("hooks.example.com/s3cret", &REPLAY, &[], "the webhook should be a URL such as https://example.com/hook"),
        ("@nowhere.txt", &REPLAY, &[], "cannot read the webhook's URL"),
        (&server.url(), &REPLAY, &["--undelivered", "leads.csv"], "leads.csv is read by this command"),
        (&server.url(), &REPLAY, &["--undelivered", "./a.ndjson", "-o", "a.ndjson"], "cannot be one file"),
        (&server.url(), &REPLAY, &["--baseline", "scoring.json"], "cannot be used with"),
        (&server.url(), &["--resend", "leads.csv"], &[], "line 1 is no alert of a replay"),
        (&server.url(), &["--resend", "nowhere.ndjson"], &[], "there is no such file"),
        (&server.url(), &REPLAY, &["--timeout", "soon"], "expected seconds"),
    ];
    for (url, arguments, more, said) in cases {
        let output = run(folder.path(), url, arguments, more);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
        assert_eq!(super::files(folder.path()), before, "{said}");
    }
    assert_eq!(server.requests(), []);
}
