//! Progress of a long step: a line on a terminal that goes when the step is done, and nothing in a pipe.

use std::time::Duration;

use indicatif::ProgressBar;

/// A step under way; dropped, its line goes.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Says what is being done, such as "reading leads".
    pub(crate) fn start(step: &'static str) -> Self {
        // Drawn on standard error, and by indicatif only where that is a terminal.
        let bar = ProgressBar::new_spinner().with_message(step);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Goes on to the next step.
    pub(crate) fn next(&self, step: &'static str) {
        self.0.set_message(step);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
