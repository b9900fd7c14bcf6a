//! The vocabulary of mail, pure: what a mail says, once the MIME crate has had its turn.
//!
//! Nothing here names another module of Taquilla, and nothing here reads a clock, a socket or a file.

mod address;
mod class;
mod defect;
mod digest;
pub mod file_name;
mod fingerprint;
pub mod flowed;
pub mod html;
pub mod language;
mod letter;
mod mentions;
mod message_id;
pub mod new_text;
pub mod subject;

pub use address::Address;
pub use class::{Bounce, BounceAction, Class, Classified, LOOP_HEADER};
pub use defect::Defect;
pub use digest::Digest;
pub use letter::{Attachment, Body, BodySource, Header, Language, Mail};
pub use mentions::mentions;
pub use message_id::MessageId;
pub use new_text::CUT_LINE_MARK;
