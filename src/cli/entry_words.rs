//! The words of `taquilla agent`, `queue`, `service`, `role` and `supplier`: an option for each key of the desk file, made from the
//! table that the file is checked with, so that none can be forgotten.

use std::fmt::Debug;
use std::marker::PhantomData;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Subcommand};
use toml_edit::{Array, Table, Value};

use crate::config::desk_keys::{AGENT, QUEUE, ROLE, SERVICE, SUPPLIER};
use crate::config::key::{Key, Kind, Presence, Section};

/// What stands in the desk file as a list of tables.
pub trait Entry: Debug + Clone + Send + Sync + 'static {
    /// Its keys; the first one names it.
    const SECTION: &'static Section;
    /// The columns of its list.
    const COLUMNS: &'static [&'static str];
    /// Behind "Example:".
    const EXAMPLE: &'static str;
}

/// `[[agent]]`.
#[derive(Debug, Clone)]
pub struct Agents;
/// `[[queue]]`.
#[derive(Debug, Clone)]
pub struct Queues;
/// `[[service]]`.
#[derive(Debug, Clone)]
pub struct Services;
/// `[[role]]`.
#[derive(Debug, Clone)]
pub struct Roles;
/// `[[supplier]]`.
#[derive(Debug, Clone)]
pub struct Suppliers;

impl Entry for Agents {
    const SECTION: &'static Section = &AGENT;
    const COLUMNS: &'static [&'static str] = &["login", "name", "address", "level", "roles", "queues"];
    const EXAMPLE: &'static str =
        "taquilla agent add lrojas --name 'Luis Rojas' --address lrojas@minem.example --level 1";
}

impl Entry for Queues {
    const SECTION: &'static Section = &QUEUE;
    const COLUMNS: &'static [&'static str] = &["name", "address", "members", "owner", "default"];
    const EXAMPLE: &'static str =
        "taquilla queue add 'Soporte Técnico' --members lrojas,mgomez --owner csalas";
}

impl Entry for Services {
    const SECTION: &'static Section = &SERVICE;
    const COLUMNS: &'static [&'static str] = &["name", "owner", "queue"];
    const EXAMPLE: &'static str =
        "taquilla service add Equipos::Impresoras --owner csalas --queue 'Soporte Técnico'";
}

impl Entry for Roles {
    const SECTION: &'static Section = &ROLE;
    const COLUMNS: &'static [&'static str] = &["name", "queues", "rights"];
    const EXAMPLE: &'static str =
        "taquilla role add técnico --queues 'Soporte Técnico' --rights read,note,answer,close";
}

impl Entry for Suppliers {
    const SECTION: &'static Section = &SUPPLIER;
    const COLUMNS: &'static [&'static str] = &["name", "address", "language", "remind", "numbers"];
    const EXAMPLE: &'static str = "taquilla supplier add 'Suministros Andinos' --address soporte@andinos.example --numbers 'REQ-\\d{6}'";
}

/// `taquilla agent`, and so on.
#[derive(Debug, Clone, Args)]
pub struct EntryArgs<E: Entry> {
    /// What to do.
    #[command(subcommand)]
    pub action: EntryAction<E>,
}

/// What can be done with the entries of the desk file.
#[derive(Debug, Clone, Subcommand)]
pub enum EntryAction<E: Entry> {
    /// Write one more into desk.toml, whose comments and order stay; the whole desk is checked first.
    Add(AddArgs<E>),
    /// All of them.
    List {
        /// One JSON object a row.
        #[arg(long)]
        json: bool,
    },
}

/// `add`.
#[derive(Debug, Clone, Args)]
pub struct AddArgs<E: Entry> {
    /// The keys.
    #[command(flatten)]
    pub keys: Keys<E>,
    /// Write nothing; show what would change.
    #[arg(long)]
    pub dry_run: bool,
    /// One JSON object on what was written.
    #[arg(long, conflicts_with = "dry_run")]
    pub json: bool,
}

/// The values of an entry's keys.
#[derive(Debug, Clone)]
pub struct Keys<E> {
    /// Key and values as typed, in the order of the documentation; only those that were given.
    given: Vec<(&'static Key, Vec<String>)>,
    /// `--parents`, for services.
    pub parents: bool,
    of: PhantomData<E>,
}

impl<E: Entry> Keys<E> {
    /// The name of the entry: the value of its first key.
    pub fn name(&self) -> &str {
        self.given.first().and_then(|(_, values)| values.first()).map_or("", String::as_str)
    }

    /// The entry as a table of the file.
    pub fn table(&self) -> Table {
        let mut table = Table::new();
        for (key, values) in &self.given {
            let (kind, many) = key.kind.element();
            let value = if many {
                Value::Array(values.iter().map(|value| typed(kind, value)).collect::<Array>())
            } else {
                values.first().map_or_else(|| Value::from(""), |value| typed(kind, value))
            };
            table.insert(key.name, toml_edit::Item::Value(value));
        }
        table
    }
}

/// A value as the file has it. Whether it is a good one is for the check of the whole desk to say.
fn typed(kind: Kind, text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if matches!(kind, Kind::Int(..)) => Value::from(number),
        Ok(_) | Err(_) if kind == Kind::Bool => Value::from(text == "true"),
        Ok(_) | Err(_) => Value::from(text),
    }
}

impl<E: Entry> FromArgMatches for Keys<E> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = Vec::new();
        for key in E::SECTION.keys {
            let values = matches.try_get_many::<String>(key.name).ok().flatten();
            given.extend(values.map(|values| (key, values.cloned().collect())));
        }
        let parents = matches.try_get_one::<bool>(PARENTS).ok().flatten().copied().unwrap_or_default();
        Ok(Self { given, parents, of: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

const PARENTS: &str = "parents";

impl<E: Entry> Args for Keys<E> {
    fn augment_args(command: Command) -> Command {
        let command = command.after_help(format!("Example: {}", E::EXAMPLE));
        let command = E::SECTION.keys.iter().enumerate().fold(command, |command, (nth, key)| {
            let arg = option(key);
            command.arg(if nth == 0 { arg.required(true) } else { arg.long(long(key)) })
        });
        if E::SECTION.name != SERVICE.name {
            return command;
        }
        command.arg(
            Arg::new(PARENTS)
                .long(PARENTS)
                .action(ArgAction::SetTrue)
                .help("Write the levels above it, too, where they are missing"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// `--reopen-within` for `reopen_within`; a test knows if there is another such key.
fn long(key: &Key) -> &'static str {
    if key.name == "reopen_within" { "reopen-within" } else { key.name }
}

fn option(key: &'static Key) -> Arg {
    let (kind, many) = key.kind.element();
    // Names of queues and roles, and patterns, may hold commas.
    let divided = many && !matches!(key.name, "queues" | "roles" | "numbers");
    let mut help = key.meaning.trim().to_owned();
    if many {
        help.push_str(if divided {
            " Several: with commas, or the option again."
        } else {
            " Several: the option again."
        });
    }
    if let Presence::Default(usual) = key.presence
        && usual != "[]"
    {
        help.push_str(&format!(" [default: {}]", usual.trim_matches('"')));
    }
    let arg = Arg::new(key.name)
        .help(help)
        .required(key.presence == Presence::Required)
        .action(if many { ArgAction::Append } else { ArgAction::Set })
        .value_name(shown(key, kind));
    let arg = if divided { arg.value_delimiter(',') } else { arg };
    if let Kind::Word(words) = kind {
        arg.value_parser(PossibleValuesParser::new(words))
    } else if kind == Kind::Bool {
        arg.value_parser(PossibleValuesParser::new(["true", "false"]))
    } else {
        arg
    }
}

/// What stands for the value in the help.
fn shown(key: &Key, kind: Kind) -> &'static str {
    match key.name {
        "login" | "members" | "owner" => "LOGIN",
        "queue" | "queues" => "QUEUE",
        "roles" => "ROLE",
        "rights" => "RIGHT",
        "reopen_within" | "hold" | "remind" => "TIME",
        "numbers" => "PATTERN",
        "level" => "NUMBER",
        "language" => "LANGUAGE",
        "signature" => "TEXT",
        "survey" => "ANSWER",
        "later" => "WHAT",
        _ if kind == Kind::Address => "ADDRESS",
        _ => "NAME",
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::Cli;
    use super::*;

    fn added<E: Entry>(action: EntryAction<E>) -> AddArgs<E> {
        let EntryAction::Add(args) = action else { panic!("add") };
        args
    }

    /// Every key, once, by its option: what the table has is what the file gets.
    #[test]
    fn every_key_has_an_option_and_becomes_a_value() {
        fn check<E: Entry>(word: &str, of: impl Fn(super::super::args::Command) -> EntryArgs<E>) {
            let mut line = vec!["taquilla".to_owned(), word.to_owned(), "add".to_owned()];
            let mut wanted = String::new();
            for (nth, key) in E::SECTION.keys.iter().enumerate() {
                let text = format!("x = {}", key.example);
                let example = toml::from_str::<toml::Table>(&text).unwrap()["x"].clone();
                let one =
                    |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let values: Vec<String> = example
                    .as_array()
                    .map_or_else(|| vec![one(&example)], |all| all.iter().map(one).collect());
                for value in &values {
                    line.extend((nth > 0).then(|| format!("--{}", key.name.replace('_', "-"))));
                    line.push(value.clone());
                }
                wanted.push_str(&format!("{} = {example}\n", key.name));
            }
            let command = Cli::try_parse_from(&line).unwrap_or_else(|error| panic!("{error}")).command;
            let table = added(of(command).action).keys.table();
            let got: toml::Table = toml::from_str(&table.to_string()).unwrap();
            assert_eq!(got, toml::from_str::<toml::Table>(&wanted).unwrap());
        }
        use super::super::args::Command;
        check::<Agents>("agent", |command| if let Command::Agent(args) = command { args } else { panic!() });
        check::<Queues>("queue", |command| if let Command::Queue(args) = command { args } else { panic!() });
        check::<Services>(
            "service",
            |command| if let Command::Service(args) = command { args } else { panic!() },
        );
        check::<Suppliers>(
            "supplier",
            |command| if let Command::Supplier(args) = command { args } else { panic!() },
        );
        check::<Roles>("role", |command| if let Command::Role(args) = command { args } else { panic!() });
    }

    #[test]
    fn lists_are_divided_where_names_cannot_hold_commas() {
        let line = ["taquilla", "queue", "add", "Redes, cables", "--members", "a,b", "--members", "c"];
        let Ok(Cli { command: super::super::args::Command::Queue(args), .. }) = Cli::try_parse_from(line)
        else {
            panic!("a queue")
        };
        let text = added(args.action).keys.table().to_string();
        assert_eq!(text, "name = \"Redes, cables\"\nmembers = [\"a\", \"b\", \"c\"]\n");
    }
}
