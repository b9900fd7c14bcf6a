//! Telling the server what became of its mails. Each of these may be said twice without harm, and for mails that are
//! gone; only a server without MOVE may keep a second copy where the connection broke between the copy and its end.

use super::{ImapError, Session, forgive, names};
use crate::ingest::protocol::Ack;

impl Session {
    /// Moves, flags or deletes.
    ///
    /// # Errors
    /// [`ImapError::Refused`] if the server does not let us; some of the mails may have been dealt with.
    pub async fn ack(&mut self, uids: &[u32], how: &Ack) -> Result<(), ImapError> {
        for set in names::sets(uids) {
            match how {
                Ack::Move(folder) => self.move_to(&set, folder).await?,
                Ack::Flag(keyword) => self.flag(&set, keyword).await?,
                Ack::Delete => self.delete(&set).await?,
            }
        }
        Ok(())
    }

    async fn move_to(&mut self, set: &str, folder: &str) -> Result<(), ImapError> {
        // RFC 6851: each mail is moved or not, never half.
        if self.can("MOVE") {
            return self.carry_over("MOVE", set, folder).await;
        }
        // Without MOVE a copy is made first, and where the mails cannot be deleted then it is not made again.
        let made = (set.to_owned(), folder.to_owned());
        if !self.copied.contains(&made) {
            self.carry_over("COPY", set, folder).await?;
            self.copied.insert(made.clone());
        }
        self.delete(set).await?;
        self.copied.remove(&made);
        Ok(())
    }

    /// `MOVE` or `COPY`, into a folder that is made if need be.
    async fn carry_over(&mut self, verb: &str, set: &str, folder: &str) -> Result<(), ImapError> {
        let command = format!("UID {verb} {set} {}", names::quoted_folder(folder));
        match self.line.exec(&command, &mut |_| ()).await {
            // Not every server says TRYCREATE where it could. A folder that cannot be created may be there by now: the
            // watch over another folder needs it, too.
            Err(ImapError::Refused { .. }) => self.create(folder).await?,
            other => return other.map(drop),
        }
        match self.line.exec(&command, &mut |_| ()).await {
            Err(ImapError::Refused { answer, .. }) => {
                let answer = format!("cannot move to {folder}: {answer}");
                Err(ImapError::Refused { answer, try_create: false })
            }
            other => other.map(drop),
        }
    }

    /// Marks as deleted, and removes where that can be done for these mails alone.
    async fn delete(&mut self, set: &str) -> Result<(), ImapError> {
        self.line.exec(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), &mut |_| ()).await?;
        // Plain EXPUNGE would also remove what others have marked (RFC 4315, section 2.1).
        if self.can("UIDPLUS") {
            self.line.exec(&format!("UID EXPUNGE {set}"), &mut |_| ()).await?;
        }
        Ok(())
    }

    async fn flag(&mut self, set: &str, keyword: &str) -> Result<(), ImapError> {
        if !self.keeps_keyword(keyword) {
            let answer = format!("the folder keeps no keyword {keyword} (PERMANENTFLAGS)");
            return Err(ImapError::Refused { answer, try_create: false });
        }
        self.line.exec(&format!("UID STORE {set} +FLAGS.SILENT ({keyword})"), &mut |_| ()).await.map(drop)
    }

    /// RFC 3501, section 7.1: what is not in PERMANENTFLAGS is forgotten with the session, and `\*` stands for any.
    fn keeps_keyword(&self, keyword: &str) -> bool {
        self.keeps
            .as_ref()
            .is_none_or(|keeps| keeps.iter().any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(keyword)))
    }

    /// Creates a folder, if the server does.
    async fn create(&mut self, folder: &str) -> Result<(), ImapError> {
        let name = names::quoted_folder(folder);
        match self.line.exec(&format!("CREATE {name}"), &mut |_| ()).await {
            // So that people see it in their mail clients.
            Ok(_) => forgive(self.line.exec(&format!("SUBSCRIBE {name}"), &mut |_| ()).await).map(drop),
            Err(ImapError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
