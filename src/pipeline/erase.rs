//! Erasing a person: a request like others, which can also be tried.

use super::{Pipeline, PipelineError};
use crate::decide::{Event, Request};
use crate::mail::Digest;
use crate::store::{Entry, Erased, Origin};

impl Pipeline {
    /// Erases everything of a person; `named_in` are the raw mails that name the address.
    ///
    /// # Errors
    /// Nothing was erased.
    pub async fn erase(&self, address: &str, named_in: Vec<Digest>) -> Result<Erased, PipelineError> {
        let outcome = self.request(Request::Erase { address: address.to_owned(), named_in }).await?;
        Ok(outcome.applied.erased.unwrap_or_default())
    }

    /// What [`erase`](Self::erase) would meet. Nothing is written.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn would_erase(&self, address: &str, named_in: &[Digest]) -> Result<Erased, PipelineError> {
        let request = Request::Erase { address: address.to_owned(), named_in: named_in.to_vec() };
        let entry = Entry::of_event(Origin::Request, self.clock.now(), "");
        let mut writing = self.store.begin().await?;
        let tried = self.one_of_batch(&mut writing, &self.house(), &Event::Request(request), &entry).await;
        writing.rollback().await;
        Ok(tried??.applied.erased.unwrap_or_default())
    }
}
