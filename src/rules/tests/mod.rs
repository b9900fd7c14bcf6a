mod actions;
mod conditions;
mod desk;
mod never_panics;
