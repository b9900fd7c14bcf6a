//! One mailbox of RFC 5322 section 3.4: an optional display name and an address.

use std::fmt;

/// An address as a header showed it, decoded.
///
/// Two addresses are the same when their [`key`](Self::key) is: domains never differ by case (RFC 5321
/// section 2.4), and no mail host that a desk meets tells local parts apart by case alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The display name, decoded; empty names are absent.
    pub name: Option<String>,
    /// `local@domain` as written.
    pub address: String,
}

impl Address {
    /// An address without a display name.
    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    /// An address with a display name; an empty name counts as none.
    pub fn named(name: impl Into<String>, address: impl Into<String>) -> Self {
        let name = name.into();
        Self { name: (!name.trim().is_empty()).then_some(name), address: address.into() }
    }

    /// Reads back what [`fmt::Display`] wrote, `Name <local@domain>` or `local@domain`. No parser of headers.
    pub fn read(written: &str) -> Self {
        match written.rsplit_once(" <").and_then(|(name, rest)| Some((name, rest.strip_suffix('>')?))) {
            Some((name, address)) => Self::named(name, address),
            None => Self::bare(written),
        }
    }

    /// The form in which addresses are compared and stored: lower case.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// What stands after the last `@`, lower case; empty where there is none.
    pub fn domain(&self) -> String {
        self.address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default()
    }

    /// What stands before the last `@`, as written.
    pub fn local(&self) -> &str {
        self.address.rsplit_once('@').map_or(self.address.as_str(), |(local, _)| local)
    }

    /// The name a person would use: the display name, else the address.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.address)
    }
}

/// `Name <local@domain>`, for people and for the database; not for a header.
impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(out, "{name} <{}>", self.address),
            None => out.write_str(&self.address),
        }
    }
}
