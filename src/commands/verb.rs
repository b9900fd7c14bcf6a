//! The verbs that can be done.

/// A verb, in the order in which the list of commands shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    /// `#close`.
    Close,
    /// `#reopen`, `#open`.
    Reopen,
    /// `#pend`.
    Pend,
    /// `#take`.
    Take,
    /// `#assign`, `#responsible`.
    Assign,
    /// `#owner`.
    Owner,
    /// `#queue`.
    Queue,
    /// `#escalate`.
    Escalate,
    /// `#derive`.
    Derive,
    /// `#priority`.
    Priority,
    /// `#state`.
    State,
    /// `#type`.
    Type,
    /// `#service`.
    Service,
    /// `#sla`.
    Sla,
    /// `#title`.
    Title,
    /// `#tag`.
    Tag,
    /// `#field.NAME`.
    Field,
    /// `#lock`.
    Lock,
    /// `#unlock`.
    Unlock,
    /// `#note`.
    Note,
    /// `#public`.
    Public,
    /// `#new`.
    New,
    /// `#customer`.
    Customer,
    /// `#cc`.
    Cc,
    /// `#watch`.
    Watch,
    /// `#unwatch`.
    Unwatch,
    /// `#time`.
    Time,
    /// `#estimate`.
    Estimate,
    /// `#merge into`.
    Merge,
    /// `#link`.
    Link,
    /// `#unlink`.
    Unlink,
    /// `#split`.
    Split,
    /// `#for`.
    For,
    /// `#limit`.
    Limit,
    /// `#list`.
    List,
    /// `#show`.
    Show,
    /// `#history`.
    History,
    /// `#report`.
    Report,
    /// `#template`.
    Template,
    /// `#macro`.
    Macro,
    /// `#undo`.
    Undo,
    /// `#dry`.
    Dry,
    /// `#partial`.
    Partial,
    /// `#help`.
    Help,
    /// `#end`.
    End,
}

impl Verb {
    /// All of them.
    pub(super) const ALL: [Self; 45] = [
        Self::Close,
        Self::Reopen,
        Self::Pend,
        Self::Take,
        Self::Assign,
        Self::Owner,
        Self::Queue,
        Self::Escalate,
        Self::Derive,
        Self::Priority,
        Self::State,
        Self::Type,
        Self::Service,
        Self::Sla,
        Self::Title,
        Self::Tag,
        Self::Field,
        Self::Lock,
        Self::Unlock,
        Self::Note,
        Self::Public,
        Self::New,
        Self::Customer,
        Self::Cc,
        Self::Watch,
        Self::Unwatch,
        Self::Time,
        Self::Estimate,
        Self::Merge,
        Self::Link,
        Self::Unlink,
        Self::Split,
        Self::For,
        Self::Limit,
        Self::List,
        Self::Show,
        Self::History,
        Self::Report,
        Self::Template,
        Self::Macro,
        Self::Undo,
        Self::Dry,
        Self::Partial,
        Self::Help,
        Self::End,
    ];

    /// The English word: the key in the word files.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Pend => "pend",
            Self::Take => "take",
            Self::Assign => "assign",
            Self::Owner => "owner",
            Self::Queue => "queue",
            Self::Escalate => "escalate",
            Self::Derive => "derive",
            Self::Priority => "priority",
            Self::State => "state",
            Self::Type => "type",
            Self::Service => "service",
            Self::Sla => "sla",
            Self::Title => "title",
            Self::Tag => "tag",
            Self::Field => "field",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Note => "note",
            Self::Public => "public",
            Self::New => "new",
            Self::Customer => "customer",
            Self::Cc => "cc",
            Self::Watch => "watch",
            Self::Unwatch => "unwatch",
            Self::Time => "time",
            Self::Estimate => "estimate",
            Self::Merge => "merge",
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::Split => "split",
            Self::For => "for",
            Self::Limit => "limit",
            Self::List => "list",
            Self::Show => "show",
            Self::History => "history",
            Self::Report => "report",
            Self::Template => "template",
            Self::Macro => "macro",
            Self::Undo => "undo",
            Self::Dry => "dry",
            Self::Partial => "partial",
            Self::Help => "help",
            Self::End => "end",
        }
    }
}
