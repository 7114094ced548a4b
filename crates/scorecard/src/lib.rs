//! The scoring config and its runtime scorer.

#[cfg(feature = "calibrate")]
pub mod assemble;
#[cfg(feature = "calibrate")]
pub mod attention;
#[cfg(feature = "calibrate")]
pub mod backtest;
#[cfg(feature = "calibrate")]
pub mod bands;
#[cfg(feature = "calibrate")]
pub mod batch;
#[cfg(feature = "calibrate")]
pub mod calibration;
#[cfg(feature = "calibrate")]
pub mod check;
pub mod config;
#[cfg(feature = "calibrate")]
pub mod curves;
#[cfg(feature = "calibrate")]
pub mod cut_offs;
pub mod diff;
#[cfg(feature = "export")]
pub mod export;
#[cfg(feature = "calibrate")]
pub mod history;
#[cfg(feature = "calibrate")]
pub mod leakage;
#[cfg(feature = "calibrate")]
pub mod lint;
#[cfg(feature = "calibrate")]
pub mod out_of_time;
#[cfg(feature = "calibrate")]
pub mod output;
#[cfg(feature = "calibrate")]
pub mod products;
#[cfg(feature = "calibrate")]
pub mod provenance;
#[cfg(feature = "calibrate")]
pub mod readiness;
pub mod replay;
#[cfg(feature = "calibrate")]
pub mod report;
pub mod runtime;
#[cfg(feature = "calibrate")]
pub mod schema;
#[cfg(feature = "calibrate")]
pub mod shell;
#[cfg(feature = "calibrate")]
pub mod spec;
#[cfg(feature = "calibrate")]
pub mod start_small;
#[cfg(feature = "calibrate")]
pub mod webhook;
#[cfg(feature = "export")]
mod xml;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/how-to/embedding.md")]
struct HowToEmbed;
