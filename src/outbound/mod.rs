//! What leaves the desk: templates, composition, the outbox worker.

pub mod answer_files;
pub mod catalog;
pub mod compose;
pub mod data;
pub mod document;
pub mod outbox;
pub mod preview;
pub mod schedule;
pub mod scrub;
pub mod smtp;
pub mod template;
pub mod template_files;
pub mod worker;
