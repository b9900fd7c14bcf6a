//! Everything that stands of one person, made as if it had never been: her tickets become husks with number, queue and times,
//! other people's tickets lose her articles and her name.
//!
//! Content that only she had goes with its last reference. The files of `blobs/` and the free pages of the database are
//! cleared after the transaction (`store::clear`): a file must not go before it is certain that nothing names it.

use std::collections::BTreeSet;

use sqlx::Row as _;

use super::Applying;
use super::history::{Event, History};
use crate::decide::Fact;
use crate::desk::{Cause, State, TicketId};
use crate::mail::{Address, Digest};
use crate::store::values::list;
use crate::store::{Erased, StoreError};

/// What stands in place of a word.
const GONE: &str = "(erased)";
/// Shorter names are no names: replacing every "Jo" would harm the texts of others.
const SHORTEST_NAME: usize = 4;
/// Where words may stand beside articles: $1 the word, $2 what comes in its place, $3 tickets, $4 whether they matter.
const WORDS: [&str; 8] = [
    "UPDATE history SET text = $2, old_value = NULL, new_value = NULL, actor_id = NULL, detail = '' \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(text || ' ' || \
     coalesce(old_value, '') || ' ' || coalesce(new_value, '') || ' ' || coalesce(actor_id, '') || ' ' || detail), $1) > 0",
    "UPDATE journal SET evidence = $2 \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(evidence), $1) > 0",
    "UPDATE journal SET subject = $2 \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(subject), $1) > 0",
    "UPDATE tickets SET title = $2 \
     WHERE ($4 <> '' OR id IN (SELECT value FROM json_each($3))) AND instr(lower(title), $1) > 0",
    "UPDATE outbox SET last_error = $2 \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(last_error), $1) > 0",
    "UPDATE outbox SET subject = $2 \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(subject), $1) > 0",
    "UPDATE ticket_fields SET value = $2 \
     WHERE ($4 <> '' OR ticket IN (SELECT value FROM json_each($3))) AND instr(lower(value), $1) > 0",
    "UPDATE attempts SET last_error = $2 WHERE $4 <> '' AND $3 <> '' AND instr(lower(last_error), $1) > 0",
];

/// The rows of one person.
struct Rows {
    key: String,
    /// Her tickets.
    own: Vec<i64>,
    /// Her articles, and all of her tickets.
    articles: Vec<i64>,
    /// Her mails, and all of her tickets.
    journal: Vec<i64>,
    /// Contents that may have lost their last reference.
    contents: BTreeSet<String>,
    /// Her address and the names that she was seen with.
    words: Vec<String>,
    /// Other people's tickets that lose something.
    others: BTreeSet<i64>,
}

impl Applying<'_> {
    pub(super) async fn erase(
        &mut self,
        address: &str,
        named_in: &[Digest],
        husk: Option<&State>,
        cause: &Cause,
        history: &mut History,
    ) -> Result<(), StoreError> {
        let mut rows = self.find(address, named_in).await?;
        let mut erased = Erased::default();
        self.erase_waiting(&rows, named_in, &mut erased).await?;
        self.erase_outbox(&rows, &mut erased).await?;
        self.erase_articles(&rows, &mut erased).await?;
        self.erase_tickets(&rows, husk, &mut erased).await?;
        self.erase_journal(&mut rows, named_in, &mut erased).await?;
        self.erase_words(&mut rows, &mut erased).await?;
        self.erase_contents(&rows, &mut erased).await?;
        erased.tickets = count(rows.own.len());
        erased.other_tickets = count(rows.others.len());
        let event = Event { journal: self.applied.journal, at: self.entry.at };
        for ticket in rows.own.iter().chain(&rows.others) {
            history.fact(event, TicketId(*ticket), &Fact::Erased, cause);
        }
        self.applied.erased = Some(erased);
        Ok(())
    }

    async fn find(&mut self, address: &str, named_in: &[Digest]) -> Result<Rows, StoreError> {
        let key = address.to_lowercase();
        let own = self.ids("SELECT id FROM tickets WHERE customer_key = $1 AND $2 <> ''", &key, "[]").await?;
        let tickets = list(&own);
        let sql = "SELECT id FROM articles WHERE lower(from_address) = $1 \
                   OR ticket IN (SELECT value FROM json_each($2))";
        let articles = self.ids(sql, &key, &tickets).await?;
        let sql =
            "SELECT id FROM journal WHERE lower(author) = $1 OR ticket IN (SELECT value FROM json_each($2))";
        let mut journal: BTreeSet<i64> = self.ids(sql, &key, &tickets).await?.into_iter().collect();
        let sql =
            "SELECT journal AS id FROM articles WHERE $1 <> '' AND id IN (SELECT value FROM json_each($2))";
        journal.extend(self.ids(sql, &key, &list(&articles)).await?);
        // What names her and concerns no ticket: a bounce of a mail to her, perhaps.
        let sql = "SELECT id FROM journal WHERE $1 <> '' AND ticket IS NULL \
                   AND raw IN (SELECT value FROM json_each($2))";
        let digests = list(named_in.iter().map(Digest::to_string));
        journal.extend(self.ids(sql, &key, &digests).await?);
        let sql = "SELECT ticket AS id FROM ticket_participants WHERE key = $1 AND ticket NOT IN \
                   (SELECT value FROM json_each($2)) UNION \
                   SELECT ticket FROM articles WHERE lower(from_address) = $1 AND ticket NOT IN \
                   (SELECT value FROM json_each($2))";
        let others = self.ids(sql, &key, &tickets).await?.into_iter().collect();
        let journal: Vec<i64> = journal.into_iter().collect();
        let words = self.words(&key).await?;
        let contents = self.contents(&articles, &journal, &tickets).await?;
        Ok(Rows { key, own, articles, journal, contents, words, others })
    }

    async fn ids(&mut self, sql: &'static str, key: &str, rows: &str) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(sql).bind(key).bind(rows).fetch_all(&mut *self.conn).await?)
    }

    /// The address and every name that it was seen with, the longest first.
    async fn words(&mut self, key: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT customer_name AS name FROM tickets WHERE customer_key = $1 \
                   UNION SELECT name FROM ticket_participants WHERE key = $1 \
                   UNION SELECT from_name FROM articles WHERE lower(from_address) = $1 \
                   UNION SELECT json_extract(person.value, '$.name') FROM articles a, json_each(a.recipients) person \
                   WHERE lower(json_extract(person.value, '$.address')) = $1 \
                   UNION SELECT json_extract(person.value, '$.name') FROM articles a, json_each(a.copies) person \
                   WHERE lower(json_extract(person.value, '$.address')) = $1";
        let names: Vec<Option<String>> = sqlx::query_scalar(sql).bind(key).fetch_all(&mut *self.conn).await?;
        let names = names.into_iter().flatten().filter(|name| name.trim().chars().count() >= SHORTEST_NAME);
        let mut words: Vec<String> = names.chain([key.to_owned()]).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Ok(words)
    }

    async fn contents(
        &mut self,
        articles: &[i64],
        journal: &[i64],
        tickets: &str,
    ) -> Result<BTreeSet<String>, StoreError> {
        let sql = "SELECT raw FROM articles WHERE id IN (SELECT value FROM json_each($1)) \
                   UNION SELECT digest FROM attachments WHERE article IN (SELECT value FROM json_each($1)) \
                   UNION SELECT raw FROM journal WHERE id IN (SELECT value FROM json_each($2)) \
                   UNION SELECT raw FROM held WHERE journal IN (SELECT value FROM json_each($2)) \
                   OR ticket IN (SELECT value FROM json_each($3)) \
                   UNION SELECT raw FROM quarantine WHERE journal IN (SELECT value FROM json_each($2)) \
                   OR ticket IN (SELECT value FROM json_each($3))";
        let found = sqlx::query_scalar(sql).bind(list(articles)).bind(list(journal)).bind(tickets);
        let found: Vec<Option<String>> = found.fetch_all(&mut *self.conn).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Mails in quarantine, parked ones and mails that wait for confirmation.
    async fn erase_waiting(
        &mut self,
        rows: &Rows,
        named_in: &[Digest],
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        let (journal, tickets) = (list(&rows.journal), list(&rows.own));
        let digests = list(named_in.iter().map(Digest::to_string));
        let sql = "DELETE FROM quarantine WHERE journal IN (SELECT value FROM json_each($1)) \
                   OR ticket IN (SELECT value FROM json_each($2)) OR raw IN (SELECT value FROM json_each($3))";
        erased.quarantined = self.run(sql, [&journal, &tickets, &digests]).await?;
        let sql = "DELETE FROM parked WHERE journal IN (SELECT value FROM json_each($1)) OR journal IN \
                   (SELECT id FROM journal WHERE raw IN (SELECT value FROM json_each($2)))";
        erased.quarantined += self.run(sql, [&journal, &digests]).await?;
        let held = "SELECT id FROM held WHERE journal IN (SELECT value FROM json_each($1)) \
                    OR ticket IN (SELECT value FROM json_each($2)) OR raw IN (SELECT value FROM json_each($3))";
        let held = sqlx::query_scalar(held).bind(&journal).bind(&tickets).bind(&digests);
        let held: Vec<i64> = held.fetch_all(&mut *self.conn).await?;
        erased.held = count(held.len());
        let held = list(held);
        let sql = "DELETE FROM timers WHERE held IN (SELECT value FROM json_each($1)) \
                   OR ticket IN (SELECT value FROM json_each($2))";
        self.run(sql, [&held, &tickets]).await?;
        self.run("DELETE FROM held WHERE id IN (SELECT value FROM json_each($1))", [&held]).await?;
        Ok(())
    }

    /// Mails to her, and mails that her tickets or her mails caused. One that is being sent is not tried again.
    async fn erase_outbox(&mut self, rows: &Rows, erased: &mut Erased) -> Result<(), StoreError> {
        let sql = "SELECT id FROM outbox WHERE recipient_key = $1 OR ticket IN (SELECT value FROM json_each($2)) \
                   OR journal IN (SELECT value FROM json_each($3))";
        let found = sqlx::query_scalar(sql).bind(&rows.key).bind(list(&rows.own)).bind(list(&rows.journal));
        let mut mails: BTreeSet<i64> = found.fetch_all(&mut *self.conn).await?.into_iter().collect();
        // Others, to other people, that name her and have not left yet.
        let mut after = 0_i64;
        loop {
            let sql = "SELECT id, content FROM outbox_content WHERE id > $1 ORDER BY id LIMIT 1";
            let Some(row) = sqlx::query(sql).bind(after).fetch_optional(&mut *self.conn).await? else {
                break;
            };
            after = row.try_get("id")?;
            let content: Vec<u8> = row.try_get("content")?;
            if rows.words.iter().any(|word| crate::mail::mentions(&content, word)) {
                mails.insert(after);
            }
        }
        let mails = list(mails);
        let sql = "DELETE FROM outbox_content WHERE id IN (SELECT value FROM json_each($1))";
        self.run(sql, [&mails]).await?;
        let sql = "DELETE FROM message_ids WHERE message_id IN \
                   (SELECT message_id FROM outbox WHERE id IN (SELECT value FROM json_each($1)))";
        self.run(sql, [&mails]).await?;
        let sql = "UPDATE outbox SET message_id = 'erased-' || id || '@taquilla.invalid', envelope_sender = NULL, recipient = '', \
                   recipient_key = '', subject = '', last_error = NULL, \
                   state = CASE WHEN state = 'accepted' THEN state ELSE 'dropped' END \
                   WHERE id IN (SELECT value FROM json_each($1))";
        erased.outgoing = self.run(sql, [&mails]).await?;
        Ok(())
    }

    async fn erase_articles(&mut self, rows: &Rows, erased: &mut Erased) -> Result<(), StoreError> {
        let (articles, journal, tickets) = (list(&rows.articles), list(&rows.journal), list(&rows.own));
        // A ticket that began with her mail has her subject for its title.
        let sql = "UPDATE tickets SET title = $2 WHERE id IN (SELECT ticket FROM articles a \
                   WHERE id IN (SELECT value FROM json_each($1)) \
                   AND NOT EXISTS (SELECT 1 FROM articles b WHERE b.ticket = a.ticket AND b.id < a.id))";
        self.run(sql, [&articles, GONE]).await?;
        let sql = "UPDATE history SET old_value = NULL, new_value = NULL, text = $2 WHERE attribute = 'title' \
                   AND ticket IN (SELECT ticket FROM articles WHERE id IN (SELECT value FROM json_each($1)))";
        self.run(sql, [&articles, GONE]).await?;
        let sql = "DELETE FROM attachments WHERE article IN (SELECT value FROM json_each($1))";
        erased.attachments = self.run(sql, [&articles]).await?;
        let sql = "DELETE FROM message_ids WHERE ticket IN (SELECT value FROM json_each($3)) \
                   OR message_id IN (SELECT message_id FROM articles WHERE id IN (SELECT value FROM json_each($1))) \
                   OR message_id IN (SELECT message_id FROM journal WHERE id IN (SELECT value FROM json_each($2)))";
        self.run(sql, [&articles, &journal, &tickets]).await?;
        let sql = "DELETE FROM articles WHERE id IN (SELECT value FROM json_each($1))";
        erased.articles = self.run(sql, [&articles]).await?;
        Ok(())
    }

    /// What is left of her tickets is what figures are made of.
    async fn erase_tickets(
        &mut self,
        rows: &Rows,
        husk: Option<&State>,
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        let tickets = list(&rows.own);
        for sql in [
            "DELETE FROM ticket_tags WHERE ticket IN (SELECT value FROM json_each($1))",
            "DELETE FROM ticket_fields WHERE ticket IN (SELECT value FROM json_each($1))",
            "DELETE FROM ticket_suppliers WHERE ticket IN (SELECT value FROM json_each($1))",
            "DELETE FROM other_numbers WHERE ticket IN (SELECT value FROM json_each($1))",
        ] {
            self.run(sql, [&tickets]).await?;
        }
        let sql =
            "DELETE FROM ticket_participants WHERE ticket IN (SELECT value FROM json_each($1)) OR key = $2";
        self.run(sql, [&tickets, &rows.key]).await?;
        let sql = "UPDATE tickets SET title = $2, customer_address = NULL, customer_name = NULL, customer_key = NULL, \
                   pending_until = NULL WHERE id IN (SELECT value FROM json_each($1))";
        self.run(sql, [&tickets, GONE]).await?;
        if let Some(husk) = husk {
            let sql = "UPDATE tickets SET state = $2, state_type = $3 WHERE id IN (SELECT value FROM json_each($1)) \
                       AND state_type NOT IN ('closed', 'merged', 'removed')";
            self.run(sql, [tickets.as_str(), &husk.name, husk.kind.word()]).await?;
        }
        let sql = "UPDATE surveys SET customer = '', comment = NULL \
                   WHERE customer = $2 OR ticket IN (SELECT value FROM json_each($1))";
        erased.surveys = self.run(sql, [&tickets, &rows.key]).await?;
        let sql = "DELETE FROM history WHERE ticket IN (SELECT value FROM json_each($1)) AND NOT \
                   (kind IN ('created', 'article', 'reminded', 'survey-answered', 'erased') \
                    OR (kind = 'change' AND attribute IN ('state', 'queue', 'type', 'service', 'sla', 'priority', 'lock', \
                        'owner', 'responsible', 'level', 'pending until')))";
        self.run(sql, [&tickets]).await?;
        let sql = "UPDATE history SET detail = '', \
                   actor_id = CASE WHEN actor = 'customer' THEN NULL ELSE actor_id END \
                   WHERE ticket IN (SELECT value FROM json_each($1))";
        self.run(sql, [&tickets]).await?;
        Ok(())
    }

    /// The rows of her mails keep their reason, their time and their place on the server; the keyed fingerprint too, by which
    /// nothing of the mail can be told and the mail is known if the server shows it again.
    async fn erase_journal(
        &mut self,
        rows: &mut Rows,
        named_in: &[Digest],
        erased: &mut Erased,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE journal SET message_id = NULL, raw = NULL, author = NULL, subject = NULL, evidence = '' \
                   WHERE id IN (SELECT value FROM json_each($1))";
        erased.mails = self.run(sql, [&list(&rows.journal)]).await?;
        // Raw mails of others that name her cannot be changed, so they go; what was read of them stays.
        let digests = list(named_in.iter().map(Digest::to_string));
        self.run("UPDATE journal SET raw = NULL WHERE raw IN (SELECT value FROM json_each($1))", [&digests])
            .await?;
        let sql = "UPDATE articles SET raw = NULL WHERE raw IN (SELECT value FROM json_each($1))";
        erased.other_raws = self.run(sql, [&digests]).await?;
        rows.contents.extend(named_in.iter().map(Digest::to_string));
        Ok(())
    }

    /// Her address and names in what others wrote, and in the lines about it.
    async fn erase_words(&mut self, rows: &mut Rows, erased: &mut Erased) -> Result<(), StoreError> {
        let sql = "SELECT id, ticket, subject, text, recipients, copies FROM articles \
                   WHERE ticket IN (SELECT value FROM json_each($2)) OR instr(lower( \
                   subject || ' ' || text || ' ' || recipients || copies), $1) > 0";
        let others = list(&rows.others);
        let found = sqlx::query(sql).bind(&rows.key).bind(&others).fetch_all(&mut *self.conn).await?;
        for row in &found {
            let people = |text: &Option<String>| {
                let people: Vec<Address> =
                    serde_json::from_str(text.as_deref().unwrap_or("[]")).unwrap_or_default();
                Some(list(people.into_iter().filter(|person| person.key() != rows.key)))
            };
            let columns: [Option<String>; 4] = ["subject", "text", "recipients", "copies"]
                .map(|column| row.try_get(column).unwrap_or_default());
            let [subject, text, to, cc] = &columns;
            let plain = |text: &Option<String>| text.as_deref().map(|text| without(text, &rows.words));
            let after = [plain(subject), plain(text), people(to), people(cc)];
            if after == columns {
                continue;
            }
            let sql =
                "UPDATE articles SET subject = $2, text = $3, recipients = $4, copies = $5 WHERE id = $1";
            let update = sqlx::query(sql).bind(row.try_get::<i64, _>("id")?);
            after
                .into_iter()
                .fold(update, |update, value| update.bind(value))
                .execute(&mut *self.conn)
                .await?;
            rows.others.insert(row.try_get("ticket")?);
            erased.other_articles += 1;
        }
        let others = list(&rows.others);
        for word in &rows.words {
            // As SQLite's lower() does it.
            let lower = word.to_ascii_lowercase();
            // The address wherever it stands; a name may be another one's, too, where the person has no part.
            let everywhere = if *word == rows.key { "all" } else { "" };
            for sql in WORDS {
                self.run(sql, [lower.as_str(), GONE, &others, everywhere]).await?;
            }
        }
        Ok(())
    }

    /// Contents that nothing names any more; files are cleared away later.
    async fn erase_contents(&mut self, rows: &Rows, erased: &mut Erased) -> Result<(), StoreError> {
        let gone = "SELECT c.value FROM json_each($1) c \
                    WHERE NOT EXISTS (SELECT 1 FROM journal WHERE raw = c.value) \
                    AND NOT EXISTS (SELECT 1 FROM articles WHERE raw = c.value) \
                    AND NOT EXISTS (SELECT 1 FROM attachments WHERE digest = c.value) \
                    AND NOT EXISTS (SELECT 1 FROM held WHERE raw = c.value) \
                    AND NOT EXISTS (SELECT 1 FROM quarantine WHERE raw = c.value)";
        let gone: Vec<String> =
            sqlx::query_scalar(gone).bind(list(&rows.contents)).fetch_all(&mut *self.conn).await?;
        let gone = list(gone);
        let sql = "INSERT INTO erased_files (digest) SELECT digest FROM blobs \
                   WHERE content IS NULL AND digest IN (SELECT value FROM json_each($1)) ON CONFLICT DO NOTHING";
        self.run(sql, [&gone]).await?;
        let sql = "DELETE FROM blobs WHERE digest IN (SELECT value FROM json_each($1))";
        erased.contents = self.run(sql, [&gone]).await?;
        Ok(())
    }

    /// Runs a statement with texts and lists; answers the rows that it met.
    async fn run<const N: usize>(&mut self, sql: &'static str, values: [&str; N]) -> Result<u64, StoreError> {
        let query = values.into_iter().fold(sqlx::query(sql), |query, value| query.bind(value.to_owned()));
        Ok(query.execute(&mut *self.conn).await?.rows_affected())
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// A text without these words, in any case.
fn without(text: &str, words: &[String]) -> String {
    words.iter().fold(text.to_owned(), |text, word| {
        let pattern = regex::RegexBuilder::new(&regex::escape(word)).case_insensitive(true).build();
        pattern.map_or_else(
            |_| text.replace(word.as_str(), GONE),
            |word| word.replace_all(&text, GONE).into_owned(),
        )
    })
}
