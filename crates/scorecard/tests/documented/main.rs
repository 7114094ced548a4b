//! README.md and docs/ do what they say: their commands run and print what stands below them, their specs and configs are
//! read, their links lead somewhere.
//!
//! Each page has a folder of its own that holds what a clone's reader has, and its blocks are taken in their order:
//!
//! - `sh` is run command by command; a line that ends in `\` and one that begins a `<<'END'` document go on. A command that
//!   ends in `# exit code N` fails with it. `cd` holds for what follows on the page.
//! - `text` is what the last command before it prints, standard error first, `…` on a line of its own standing for
//!   lines left out. A block of `leadcal …` with something to fill in is a synopsis; `tests/cli.rs` checks it.
//! - `json`, `toml` and `python` are read (`other.rs`).
//! - `<!-- not run: REASON -->` above a block excuses it. What is excused is listed when the test runs with `--nocapture`.
//!
//! `DOCS=overwrite cargo test -p leadcal-scorecard --test documented` writes what is printed into the `text` blocks and keeps
//! what they leave out (`printed.rs`): look at what was written. An empty `text` block gets
//! everything. `PAGE=docs/ci.md` takes the pages whose name ends so alone.
#![cfg(unix)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

mod links;
mod other;
mod page;
mod printed;
mod shell;

use page::{Block, Page};
use shell::{Command, Folder, Shared};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The pages whose commands run: the README and all below docs/.
fn pages() -> Vec<Page> {
    let mut files = vec![repository().join("README.md")];
    files.extend(page::files_below(&repository().join("docs")));
    let wanted = env::var("PAGE").unwrap_or_default();
    let pages = files.iter().map(|file| Page::read(file, &repository()));
    pages.filter(|page| page.name.ends_with(&wanted)).collect()
}

/// So many lines of what was printed instead are told; `git diff` shows more after `DOCS=overwrite`.
const MOST_TOLD: usize = 30;

/// What came of a page: what is wrong with it, and what was done.
#[derive(Default)]
struct Report {
    faults: Vec<String>,
    commands: usize,
    outputs: usize,
    excused: Vec<String>,
    /// Of `text` blocks that no longer hold: which, and what they should hold.
    outdated: Vec<(usize, Vec<String>)>,
}

fn follow(page: &Page, shared: &Shared) -> Report {
    let mut report = Report::default();
    let mut folder = Folder::new(&repository());
    // What was last printed, by which command; none once it has been shown.
    let mut last = None;
    for (at, block) in page.blocks.iter().enumerate() {
        let place = format!("{}:{}", page.name, block.line);
        if let Some(reason) = &block.not_run {
            report.excused.push(format!("{place}: {reason}"));
            last = None;
            continue;
        }
        match block.language.as_str() {
            "sh" => {
                for command in shell::commands(&block.lines) {
                    match folder.run(&command, shared) {
                        Ok(printed) => last = Some((command, printed)),
                        // What follows may need what this one should have made.
                        Err(fault) => {
                            report.faults.push(format!("{place}: {fault}"));
                            return report;
                        }
                    }
                    report.commands += 1;
                }
            }
            "text" => match last.take() {
                Some((command, printed)) => {
                    report.outputs += 1;
                    check_printed(&place, &command, &printed, (at, block), &mut report);
                }
                None if block.is_synopsis() => {}
                None => report.faults.push(format!("{place}: no command before this block prints it")),
            },
            _ => report.faults.extend(other::fault(block).map(|fault| format!("{place}: {fault}"))),
        }
    }
    report
}

fn check_printed(place: &str, command: &Command, printed: &str, (at, block): (usize, &Block), report: &mut Report) {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let Err(missing) = printed::check(&printed, &block.lines) else { return };
    report.outdated.push((at, printed::refreshed(&printed, &block.lines)));
    let start = printed[..printed.len().min(MOST_TOLD)].join("\n");
    report.faults.push(format!("{place}: {command}\n  does not print\n{missing}\n  but, for instance\n{start}"));
}

/// Follows all pages, on as many threads as there are cores.
fn follow_all(pages: &[Page]) -> Vec<Report> {
    let shared = Shared::of(pages, &repository());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, page)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, pages.get(at)?)))
        {
            done.push((at, follow(page, &shared)));
        }
        done
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, Report)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a page does not panic")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, report)| report).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "what did not run is told")]
fn commands_run_and_print_what_the_pages_show() {
    let pages = pages();
    let overwrite = env::var("DOCS").is_ok_and(|wish| wish == "overwrite");
    let mut faults = Vec::new();
    for (page, report) in pages.iter().zip(follow_all(&pages)) {
        eprintln!("{}: {} commands, {} outputs compared", page.name, report.commands, report.outputs);
        report.excused.iter().for_each(|excuse| eprintln!("  not run: {excuse}"));
        if overwrite && !report.outdated.is_empty() {
            let text = page.with_blocks(&report.outdated);
            fs::write(repository().join(&page.name), text).expect("the page is written");
        }
        faults.extend(report.faults);
    }
    assert!(!pages.is_empty(), "no page has this name");
    assert!(
        faults.is_empty(),
        "{}\n\n{} faults. DOCS=overwrite writes what is printed",
        faults.join("\n\n"),
        faults.len()
    );
}

#[test]
fn links_lead_somewhere() {
    let faults = links::faults(&repository());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_map_of_docs_knows_every_page() {
    let map = Page::read(&repository().join("docs/README.md"), &repository());
    let targets: Vec<PathBuf> =
        links::targets(&map.text).iter().map(|target| repository().join("docs").join(target)).collect();
    for file in page::files_below(&repository().join("docs")) {
        let known = file.ends_with("docs/README.md") || targets.contains(&file);
        assert!(known, "docs/README.md does not link to {}", file.display());
    }
}
