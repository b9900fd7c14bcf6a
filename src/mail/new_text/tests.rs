//! Replies of many programs and languages, written for this table.
