//! Server, journal and machine together, and the invariants.
//!
//! At every moment:
//! - I1 a mail is moved, flagged or deleted only if its content is in the journal;
//! - I2 the cursor recorded passes no visible mail that is neither journalled and acknowledged nor left alone (but for
//!   mails that turned up below it since the folder was listed);
//! - I3 no content makes two articles (but for one that could not be fetched: nothing is known of it);
//! - I4 no batch and no stock in memory is larger than the settings say;
//! - I5 the old mails of the first start are not taken, unless asked for.
//!
//! After a quiet time:
//! - F1 every mail in the folder is journalled, or left alone; every mail that we took away is journalled;
//! - F2 every old mail is taken where that was asked for;
//! - F3 every mail in the folder whose place is elsewhere has left it, or has its flag;
//! - F4 it comes to rest.

use std::collections::{BTreeMap, BTreeSet};

use taquilla::config::mailbox::AfterCommit;
use taquilla::ingest::intake::AfterTaking;
use taquilla::ingest::protocol::{Ack, Extent, Handover, Input, Settings, Step, Want};

use super::chance::Chance;
use super::server::{Content, Mail, Server, is_poison, time};
use super::store::{Given, Store};
use super::wrong::{Flaw, Suspect};

const OLD_BEFORE: i64 = 1_000_000;

type Check = Result<(), String>;

pub(crate) struct World {
    chance: Chance,
    flaw: Flaw,
    settings: Settings,
    server: Server,
    backup: Server,
    store: Store,
    machine: Suspect,
    connected: bool,
    at_server: Option<Step>,
    at_store: Option<Step>,
    /// Fetched and not taken yet.
    hand: BTreeMap<u32, Content>,
    /// UIDs that may stand below the cursor for a while: they turned up late.
    late: BTreeSet<Content>,
    old: BTreeSet<Content>,
    next_content: Content,
    now: i64,
    faults: bool,
    /// What was reported, by the first word of its debug form.
    pub(crate) reported: BTreeSet<String>,
}

impl World {
    pub(crate) fn run(seed: u64, flaw: Flaw) -> Result<Self, String> {
        let mut world = Self::new(seed, flaw);
        for _ in 0..world.chance.below(120) + 30 {
            world.turn()?;
        }
        world.quiet()?;
        Ok(world)
    }

    fn new(seed: u64, flaw: Flaw) -> Self {
        let mut chance = Chance::new(seed);
        let after = match chance.below(6) {
            0 => AfterCommit::Keep,
            1 => AfterCommit::Flag("Processed".into()),
            2 => AfterCommit::Delete,
            _ => AfterCommit::Move("Processed".into()),
        };
        let settings = Settings {
            backlog: chance.percent(20),
            batch_mails: 1 + chance.below(6) as usize,
            batch_bytes: 1_000,
            piece_bytes: 1_000,
            max_mail_bytes: 10_000,
            tries: 3,
            first_start_mails: 4,
            ..Settings::new("INBOX", after)
        };
        let server = Server::new(!chance.percent(10));
        let mut store = Store::default();
        store.without_uidvalidity = flaw == Flaw::KeyWithoutUidvalidity;
        store.without_second_key = flaw == Flaw::NoSecondKey;
        let mut world = Self {
            machine: Suspect::new(settings.clone(), flaw),
            chance,
            flaw,
            settings,
            backup: server.clone(),
            server,
            store,
            connected: false,
            at_server: None,
            at_store: None,
            hand: BTreeMap::new(),
            late: BTreeSet::new(),
            old: BTreeSet::new(),
            next_content: seed % 1_000 * 100,
            now: OLD_BEFORE,
            faults: true,
            reported: BTreeSet::new(),
        };
        for _ in 0..world.chance.below(9) {
            let content = world.content();
            let received = if world.chance.percent(70) { 1 } else { OLD_BEFORE };
            if received < OLD_BEFORE {
                world.old.insert(content);
            }
            world.server.deliver(content, received, false);
        }
        world
    }

    fn content(&mut self) -> Content {
        self.next_content += 1;
        self.next_content
    }

    fn turn(&mut self) -> Check {
        self.now += 1;
        match self.chance.below(40) {
            0..=4 => self.deliver(),
            5 => self.expunge(),
            6 => self.reveal(),
            7 if self.chance.percent(40) => self.backup = self.server.clone(),
            8 if self.chance.percent(15) => {
                self.cut();
                self.server.renumber();
            }
            9 if self.chance.percent(15) => {
                self.cut();
                self.server.restore(&self.backup);
            }
            10 => self.cut(),
            11 if self.chance.percent(30) => self.crash(),
            12..=15 => self.wake(),
            _ => return self.work(),
        }
        Ok(())
    }

    fn deliver(&mut self) {
        for _ in 0..=self.chance.below(4) {
            let content = self.content();
            let hidden = self.chance.percent(8);
            let highest = self.store.highest(self.machine.numbering());
            if hidden || self.server.uidnext <= highest {
                self.late.insert(content);
            }
            self.server.deliver(content, self.now, hidden);
        }
    }

    /// Somebody else deletes a mail.
    fn expunge(&mut self) {
        if !self.server.mails.is_empty() {
            let index = self.chance.below(self.server.mails.len() as u64) as usize;
            self.server.mails.remove(index);
        }
    }

    /// Mails that had their UIDs before are shown now.
    fn reveal(&mut self) {
        self.server.mails.iter_mut().for_each(|mail| mail.hidden = false);
    }

    fn cut(&mut self) {
        self.connected = false;
        // What the journal was at goes on and ends without us.
        if let Some(step) = self.at_store.take()
            && self.chance.percent(50)
        {
            let _lost = self.store_answer(step);
        }
        self.at_server = None;
        self.hand.clear();
        self.machine.disconnected();
    }

    fn crash(&mut self) {
        self.cut();
        self.machine = Suspect::new(self.settings.clone(), self.flaw);
    }

    fn wake(&mut self) {
        if self.connected {
            let full = self.chance.percent(40);
            self.machine.input(Input::Wake { full });
        }
    }

    fn open(&mut self) {
        self.connected = true;
        self.machine.input(Input::Opened {
            uidvalidity: self.server.uidvalidity,
            uidnext: self.server.tells_uidnext.then_some(self.server.uidnext),
            exists: self.server.visible().count() as u32,
            read_only: false,
            old_before: time(OLD_BEFORE),
        });
    }

    /// One thing goes on: a connection, a step, or an answer.
    fn work(&mut self) -> Check {
        if !self.connected {
            self.open();
            return Ok(());
        }
        while let Some(step) = self.machine.step() {
            match step {
                Step::Report(condition) => {
                    let text = format!("{condition:?}");
                    self.reported.extend(text.split([' ', '(']).next().map(str::to_owned));
                }
                Step::List(_) | Step::Fetch(_) | Step::Ack { .. } => self.at_server = Some(step),
                Step::AskPosition { .. }
                | Step::Adopt { .. }
                | Step::AskKnown(_)
                | Step::Take(_)
                | Step::Record { .. } => self.at_store = Some(step),
            }
        }
        let server_first = self.chance.percent(50);
        let step = if server_first {
            self.at_server.take().or_else(|| self.at_store.take())
        } else {
            self.at_store.take().or_else(|| self.at_server.take())
        };
        match step {
            Some(step @ (Step::List(_) | Step::Fetch(_) | Step::Ack { .. })) => self.server_step(step),
            Some(step) => self.store_step(step),
            None => Ok(()),
        }
    }

    fn server_step(&mut self, step: Step) -> Check {
        if self.faults && self.chance.percent(4) {
            // The command may have been carried out, and the answer lost.
            if let Step::Ack { uids, how } = &step
                && self.chance.percent(50)
            {
                self.ack(uids, how)?;
            }
            self.cut();
            return Ok(());
        }
        let input = match step {
            Step::List(span) => Input::Listed(self.server.list(&span)),
            Step::Fetch(wants) => match self.fetch(&wants)? {
                Some(input) => input,
                None => {
                    self.cut();
                    return Ok(());
                }
            },
            Step::Ack { uids, how } => {
                if self.faults && self.chance.percent(5) {
                    Input::Acked(Err("NO not now".into()))
                } else {
                    self.ack(&uids, &how)?;
                    Input::Acked(Ok(()))
                }
            }
            other => return Err(format!("not for the server: {other:?}")),
        };
        self.machine.input(input);
        Ok(())
    }

    /// `None`: the server closes the connection over it.
    fn fetch(&mut self, wants: &[Want]) -> Result<Option<Input>, String> {
        let pieces = wants.iter().any(|want| want.extent == Extent::Pieces);
        if wants.len() > self.settings.batch_mails || (pieces && wants.len() > 1) {
            return Err(format!("I4: too large a batch: {wants:?}"));
        }
        let poisoned = wants.iter().any(|want| self.server.content(want.uid).is_some_and(is_poison));
        if poisoned && self.chance.percent(30) {
            return Ok(None);
        }
        let mut got = Vec::new();
        for want in wants {
            let Some(content) = self.server.content(want.uid) else { continue };
            let header = want.extent == Extent::LastResort && content % 2 == 0;
            if (is_poison(content) && !header) || (self.faults && self.chance.percent(3)) {
                continue;
            }
            got.push(want.uid);
            self.hand.insert(want.uid, content);
        }
        if self.hand.len() > 3 * self.settings.batch_mails {
            return Err(format!("I4: {} mails in memory", self.hand.len()));
        }
        Ok(Some(Input::Fetched { got, refused: poisoned.then(|| "NO cannot read it".into()) }))
    }

    fn ack(&mut self, uids: &[u32], how: &Ack) -> Check {
        let contents = self.store.contents();
        for mail in self.server.ack(uids, how) {
            if !contents.contains(&mail.content) {
                return Err(format!("I1: {how:?} of a mail that is not in the journal: {mail:?}"));
            }
        }
        Ok(())
    }

    fn store_step(&mut self, step: Step) -> Check {
        if self.faults && self.chance.percent(4) {
            // The commit fails, or it succeeds and nobody hears of it.
            if self.chance.percent(50) {
                self.store_answer(step)?;
            }
            self.cut();
            return Ok(());
        }
        let input = self.store_answer(step)?;
        self.machine.input(input);
        Ok(())
    }

    fn store_answer(&mut self, step: Step) -> Result<Input, String> {
        let (uidvalidity, now_epoch) = self.machine.numbering();
        let numbering = (uidvalidity, now_epoch);
        Ok(match step {
            Step::AskPosition { uidvalidity } => Input::Position(self.store.position(uidvalidity)),
            Step::Adopt { epoch, left_alone } => {
                if self.store.is_empty() {
                    self.first_start();
                }
                self.store.adopt((uidvalidity, epoch), left_alone);
                Input::Adopted
            }
            Step::AskKnown(uids) => Input::Known(self.store.known(numbering, &uids)),
            Step::Take(batch) => {
                let given: Vec<Given> = batch.iter().filter_map(|one| self.give(one)).collect();
                let taken = self.store.take(numbering, &given);
                self.check_articles()?;
                Input::Taken(taken)
            }
            Step::Record { acked, cursor } => {
                self.store.acked(numbering, &acked, cursor);
                self.check_cursor(numbering)?;
                Input::Recorded
            }
            other => return Err(format!("not for the journal: {other:?}")),
        })
    }

    /// Of the old mails, those that are there now and too many are not to be taken.
    fn first_start(&mut self) {
        let there: BTreeSet<Content> = self.server.visible().map(|mail| mail.content).collect();
        self.old.retain(|content| there.contains(content));
        if self.old.len() <= self.settings.first_start_mails.min(4) || self.settings.backlog {
            self.old.clear();
        }
    }

    fn give(&mut self, handover: &Handover) -> Option<Given> {
        let uid = handover.want.uid;
        let unfetchable = handover.unfetchable.is_some();
        let fetched = self.hand.remove(&uid);
        // What could not be fetched is handed over all the same; the model knows what it would have been.
        let content = fetched.or_else(|| if unfetchable { self.server.content(uid) } else { None })?;
        let received = handover.want.received?.as_second();
        Some(Given { uid, content, received, unfetchable })
    }

    fn check_articles(&self) -> Check {
        for (content, articles) in &self.store.articles {
            if *articles > 1 && !is_poison(*content) {
                return Err(format!("I3: {articles} articles of mail {content}"));
            }
            if self.old.contains(content) {
                return Err(format!("I5: the old mail {content} was taken"));
            }
        }
        Ok(())
    }

    fn check_cursor(&self, numbering: (u32, u32)) -> Check {
        if numbering.0 != self.server.uidvalidity {
            return Ok(());
        }
        let cursor = self.store.cursor(numbering);
        for mail in self.server.visible().filter(|mail| mail.uid <= cursor) {
            if !self.late.contains(&mail.content) && !self.passed_rightly(numbering, mail) {
                return Err(format!("I2: cursor {cursor} passes {mail:?}"));
            }
        }
        Ok(())
    }

    fn passed_rightly(&self, numbering: (u32, u32), mail: &Mail) -> bool {
        let left = self
            .store
            .left_alone(numbering)
            .is_some_and(|left| mail.uid <= left.through && time(mail.received) < left.received_before);
        left || self
            .store
            .row(numbering, mail.uid)
            .is_some_and(|row| row.acked && row.content == mail.content)
    }

    /// No more faults, no more events: everything must be settled.
    fn quiet(&mut self) -> Check {
        self.faults = false;
        self.reveal();
        self.cut();
        let mut rests = 0;
        for _ in 0..6_000 {
            self.work()?;
            let busy = self.at_server.is_some() || self.at_store.is_some();
            if self.connected && !busy && self.machine.at_rest() {
                rests += 1;
                if rests > 8 {
                    return self.check_end();
                }
                self.machine.input(Input::Wake { full: true });
            }
        }
        Err("F4: it never comes to rest".into())
    }

    fn check_end(&self) -> Check {
        let numbering = self.machine.numbering();
        let contents = self.store.contents();
        for mail in &self.server.mails {
            let left = self
                .store
                .left_alone(numbering)
                .is_some_and(|left| mail.uid <= left.through && time(mail.received) < left.received_before);
            if left && self.settings.backlog {
                return Err(format!("F2: {mail:?} was asked for and is left alone"));
            }
            if left {
                continue;
            }
            if !contents.contains(&mail.content) {
                return Err(format!("F1: {mail:?} is not in the journal"));
            }
            let Some(row) = self.store.row(numbering, mail.uid) else {
                return Err(format!("F1: {mail:?} is not in the journal under its UID"));
            };
            let here = match (&row.after, &self.settings.after) {
                (AfterTaking::Keep, _) | (AfterTaking::Default, AfterCommit::Keep) => true,
                (AfterTaking::Default, AfterCommit::Flag(_)) => mail.flagged,
                _ => false,
            };
            if !here {
                return Err(format!("F3: {mail:?} is still in the folder: {row:?}"));
            }
        }
        Ok(())
    }
}
