//! What leaves the desk: templates, composition, the outbox worker.

pub mod catalog;
pub mod compose;
pub mod data;
pub mod preview;
pub mod schedule;
pub mod scrub;
pub mod template;
pub mod template_files;
