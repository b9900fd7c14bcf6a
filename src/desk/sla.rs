//! Service level agreements: what was promised of a ticket, in working time.
//!
//! They say until when, and nothing else: no timer hangs on them.

use jiff::Timestamp;

use super::{Calendar, NewArticle, SenderKind, Ticket};

/// One promise to customers, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sla {
    /// `8 horas`.
    pub name: String,
    /// Working minutes from opening to the first answer.
    pub first_response: Option<i64>,
    /// Working minutes in which a customer who wrote again is answered.
    pub update: Option<i64>,
    /// Working minutes from opening to closing.
    pub solution: Option<i64>,
    /// Percentage of that time after which it becomes pressing.
    pub warning: Option<i64>,
    /// Name of the calendar; that of the queue where absent.
    pub calendar: Option<String>,
}

/// What a promise is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The first answer.
    FirstResponse,
    /// An answer to a customer who wrote again.
    Update,
    /// Closing.
    Solution,
}

impl Promise {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::FirstResponse => "first response",
            Self::Update => "update",
            Self::Solution => "solution",
        }
    }
}

/// Until when something was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub promise: Promise,
    /// From when on it is pressing.
    pub warning: Option<Timestamp>,
    /// Until when.
    pub at: Timestamp,
}

/// What happened to a ticket so far, as promises count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Opened.
    pub opened: Timestamp,
    /// Somebody of the desk wrote to the customer.
    pub answered: bool,
    /// Since when a customer's mail after the first answer waits for one.
    pub waiting: Option<Timestamp>,
    /// Closed, or merged into another ticket.
    pub ended: bool,
}

impl Course {
    /// The course of a ticket so far, by its articles in their order.
    pub fn of<'a>(ticket: &Ticket, articles: impl Iterator<Item = &'a NewArticle>) -> Self {
        let ended = !ticket.now.state_type.is_open();
        let mut course = Self { opened: ticket.now.created, answered: false, waiting: None, ended };
        for content in articles.filter(|content| content.visible) {
            match content.sender {
                SenderKind::Agent => (course.answered, course.waiting) = (true, None),
                SenderKind::Customer if course.answered => {
                    course.waiting = course.waiting.or(Some(content.at));
                }
                SenderKind::Customer | SenderKind::System | SenderKind::Supplier => {}
            }
        }
        course
    }
}

impl Sla {
    /// What is still promised, in the order in which a ticket lives. Without a calendar all time is working time.
    pub fn due(&self, course: &Course, calendar: Option<&Calendar>) -> Vec<Due> {
        if course.ended {
            return Vec::new();
        }
        let first = self.first_response.filter(|_| !course.answered);
        let promises = [
            (Promise::FirstResponse, first, Some(course.opened)),
            (Promise::Update, self.update, course.waiting),
            (Promise::Solution, self.solution, Some(course.opened)),
        ];
        let later = |from: Timestamp, minutes: i64| match calendar {
            Some(calendar) => calendar.add(from, minutes),
            None => from.checked_add(jiff::SignedDuration::from_mins(minutes)).ok(),
        };
        let due = |(promise, minutes, from): (Promise, Option<i64>, Option<Timestamp>)| {
            let (minutes, from) = (minutes?, from?);
            let warning = self.warning.and_then(|percent| later(from, minutes * percent / 100));
            Some(Due { promise, warning, at: later(from, minutes)? })
        };
        promises.into_iter().filter_map(due).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sla() -> Sla {
        Sla {
            name: "8 horas".to_owned(),
            first_response: Some(60),
            update: Some(120),
            solution: Some(480),
            warning: Some(75),
            calendar: None,
        }
    }

    fn shown(sla: &Sla, course: &Course) -> Vec<String> {
        let line = |due: &Due| {
            let warning = due.warning.map(|at| format!(" (from {at})")).unwrap_or_default();
            format!("{} {}{warning}", due.promise.word(), due.at)
        };
        sla.due(course, None).iter().map(line).collect()
    }

    #[test]
    fn promises_end_as_they_are_kept() {
        let opened = "2026-11-27T10:00:00Z".parse().unwrap();
        let waiting = Some("2026-11-27T14:00:00Z".parse().unwrap());
        let course = Course { opened, answered: false, waiting: None, ended: false };
        assert_eq!(
            shown(&sla(), &course),
            [
                "first response 2026-11-27T11:00:00Z (from 2026-11-27T10:45:00Z)",
                "solution 2026-11-27T18:00:00Z (from 2026-11-27T16:00:00Z)",
            ]
        );
        let answered = Course { answered: true, waiting, ..course };
        assert_eq!(
            shown(&Sla { warning: None, ..sla() }, &answered),
            ["update 2026-11-27T16:00:00Z", "solution 2026-11-27T18:00:00Z"]
        );
        assert!(sla().due(&Course { ended: true, ..answered }, None).is_empty());
    }
}
