//! Reading for people: lists by pages, so that no table is ever in memory whole.

mod blob;
