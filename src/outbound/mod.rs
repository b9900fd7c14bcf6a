//! What leaves the desk: templates, composition, the outbox worker.

pub mod catalog;
pub mod data;
pub mod template;
pub mod template_files;
