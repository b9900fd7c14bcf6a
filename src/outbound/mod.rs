//! What leaves the desk: templates, composition, the outbox worker.
