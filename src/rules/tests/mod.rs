//! Rule files as text against facts as values.

mod actions;
mod conditions;
mod desk;
mod never_panics;
mod shortcuts;
