//! One file a subcommand; thin: read arguments, call the pipeline or the store, print.
