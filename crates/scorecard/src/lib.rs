//! The scoring config and its runtime scorer.
