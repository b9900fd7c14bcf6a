//! The machine's steps carried out: one with the server and one with the journal at a time, side by side.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Trouble;
use super::folder::WINDING_DOWN;
use crate::crash::{self, Point};
use crate::ingest::imap::{Fetched, ImapError, Session};
use crate::ingest::intake::{Arrived, Content, Intake, IntakeError, Place, Source};
use crate::ingest::protocol::{Ack, Extent, Handover, Input, Listed, Machine, Span, Step, Want};

/// What came of a step.
enum Done {
    /// The server's side; the session comes back with it.
    Server(Box<Session>, Result<Answer, ImapError>),
    /// The journal's side.
    Store(Result<Input, IntakeError>),
}

enum Answer {
    Listed(Vec<Listed>),
    Fetched(Fetched),
    Acked(Result<(), String>),
}

type Doing<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = Done> + Send + 'a>>>;

/// The open folder and what was fetched from it.
pub(super) struct Work<'a, I> {
    pub(super) mailbox: &'a str,
    pub(super) folder: &'a str,
    pub(super) intake: &'a I,
    pub(super) machine: &'a mut Machine,
    /// Fetched and not handed over.
    hand: BTreeMap<u32, Arc<[u8]>>,
}

impl<'a, I: Intake> Work<'a, I> {
    pub(super) fn new(mailbox: &'a str, folder: &'a str, intake: &'a I, machine: &'a mut Machine) -> Self {
        Self { mailbox, folder, intake, machine, hand: BTreeMap::new() }
    }

    /// Goes on until there is nothing to do, or until the daemon stops and what was in hand is done.
    pub(super) async fn until_rest(
        &mut self,
        session: Box<Session>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Box<Session>, Trouble> {
        let mut doing: Doing<'a> = FuturesUnordered::new();
        let mut session = Some(session);
        let mut latest: Option<Instant> = None;
        loop {
            while let Some(step) = self.machine.step() {
                self.begin(step, &mut session, &mut doing).await;
            }
            if doing.is_empty()
                && let Some(session) = session.take()
            {
                return Ok(session);
            }
            let done = tokio::select! {
                done = doing.next() => done,
                _ = stop.wait_for(|stop| *stop), if latest.is_none() => {
                    latest = Instant::now().checked_add(WINDING_DOWN);
                    self.machine.wind_down();
                    continue;
                }
                () = sleep_until(latest.unwrap_or_else(Instant::now)), if latest.is_some() => {
                    return Err(ImapError::Closed("stopped".into()).into());
                }
            };
            match done {
                Some(Done::Server(back, Ok(answer))) => {
                    session = Some(back);
                    self.answered(answer);
                }
                Some(Done::Server(_, Err(error))) => {
                    self.last_answers(doing).await;
                    return Err(error.into());
                }
                Some(Done::Store(result)) => self.machine.input(result?),
                None => return Err(ImapError::Closed("nothing under way".into()).into()),
            }
        }
    }

    /// The connection failed; what the journal is at is heard to its end, so that it is not done again.
    async fn last_answers(&mut self, mut doing: Doing<'a>) {
        while let Some(done) = doing.next().await {
            if let Done::Store(Ok(input)) = done {
                self.machine.input(input);
            }
        }
    }

    async fn begin(&mut self, step: Step, session: &mut Option<Box<Session>>, doing: &mut Doing<'a>) {
        match step {
            Step::Report(condition) => {
                tracing::warn!(mailbox = self.mailbox, "{condition}");
                self.intake.report(self.mailbox, condition).await;
            }
            Step::List(span) => serve(session, doing, Request::List(span)),
            Step::Fetch(wants) => serve(session, doing, Request::Fetch(wants)),
            Step::Ack { uids, how } => serve(session, doing, Request::Ack(uids, how)),
            Step::AskPosition { uidvalidity } => {
                let (intake, mailbox, folder) = (self.intake, self.mailbox, self.folder);
                doing.push(Box::pin(async move {
                    Done::Store(intake.position(mailbox, folder, uidvalidity).await.map(Input::Position))
                }));
            }
            Step::Adopt { epoch, left_alone } => {
                let (intake, place) = (self.intake, Place { epoch, ..self.place() });
                doing.push(Box::pin(async move {
                    Done::Store(intake.adopt(&place, left_alone).await.map(|()| Input::Adopted))
                }));
            }
            Step::AskKnown(uids) => {
                let (intake, place) = (self.intake, self.place());
                doing.push(Box::pin(async move {
                    Done::Store(intake.known(&place, &uids).await.map(Input::Known))
                }));
            }
            Step::Take(batch) => {
                let place = self.place();
                let batch: Vec<Arrived> =
                    batch.into_iter().filter_map(|one| self.hand_over(&place, one)).collect();
                let intake = self.intake;
                doing.push(Box::pin(async move { Done::Store(intake.take(batch).await.map(Input::Taken)) }));
            }
            Step::Record { acked, cursor } => {
                let (intake, place) = (self.intake, self.place());
                doing.push(Box::pin(async move {
                    Done::Store(intake.acked(&place, &acked, cursor).await.map(|()| Input::Recorded))
                }));
            }
        }
    }

    fn place(&self) -> Place {
        let (uidvalidity, epoch) = self.machine.numbering().unwrap_or_default();
        Place { mailbox: self.mailbox.into(), folder: self.folder.into(), uidvalidity, epoch }
    }

    fn hand_over(&mut self, place: &Place, handover: Handover) -> Option<Arrived> {
        let Handover { want: Want { uid, size, received, extent, backlog }, unfetchable } = handover;
        let octets = self.hand.remove(&uid);
        let content = match (unfetchable, octets, extent) {
            (Some(reason), octets, _) => {
                Content::Unfetchable { header: octets.unwrap_or_else(|| Arc::from([])), reason }
            }
            (None, Some(octets), Extent::HeaderOnly | Extent::LastResort) => Content::HeaderOnly(octets),
            (None, Some(octets), Extent::Whole | Extent::Pieces) => Content::Whole(octets),
            // Cannot be: what is handed over was fetched. Without an answer it will be fetched again.
            (None, None, _) => return None,
        };
        Some(Arrived { source: Source { place: place.clone(), uid }, received, size, backlog, content })
    }

    fn answered(&mut self, answer: Answer) {
        let input = match answer {
            Answer::Listed(listed) => Input::Listed(listed),
            Answer::Acked(result) => Input::Acked(result),
            Answer::Fetched(Fetched { mails, refused }) => {
                let got = mails.keys().copied().collect();
                self.hand.extend(mails);
                Input::Fetched { got, refused }
            }
        };
        self.machine.input(input);
    }
}

enum Request {
    List(Span),
    Fetch(Vec<Want>),
    Ack(Vec<u32>, Ack),
}

/// Gives the session to a request. The machine begins one at a time, so it is there.
fn serve(session: &mut Option<Box<Session>>, doing: &mut Doing<'_>, request: Request) {
    let Some(mut session) = session.take() else { return };
    doing.push(Box::pin(async move {
        let result = match request {
            Request::List(span) => session.list(&span).await.map(Answer::Listed),
            Request::Fetch(wants) => session.fetch(&wants).await.map(Answer::Fetched),
            Request::Ack(uids, how) => match tell(&mut session, &uids, &how).await {
                Ok(()) => Ok(Answer::Acked(Ok(()))),
                Err(ImapError::Refused { answer, .. }) => Ok(Answer::Acked(Err(answer))),
                Err(error) => Err(error),
            },
        };
        Done::Server(session, result)
    }));
}

async fn tell(session: &mut Session, uids: &[u32], how: &Ack) -> Result<(), ImapError> {
    crash::reach(Point::Moving);
    session.ack(uids, how).await?;
    crash::reach(Point::Moved);
    Ok(())
}
