//! Surveys: when to ask, how answers are read. Pure.
