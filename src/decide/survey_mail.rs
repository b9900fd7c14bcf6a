//! Surveys: asking after a ticket is closed, and reading the answer that comes by mail.

use serde_json::json;

use super::draft::Draft;
use super::lookup::Place;
use super::mail::Case;
use super::notify::{Happening, automatic};
use super::{Decision, Effect, Fact, Reason, Surveyed, customer_word};
use crate::desk::{Actor, Allowance, Cause, Notice, NoticeKind, Occasion, SenderKind, TicketRef, token};
use crate::mail::Address;
use crate::outbound::data;
use crate::survey::{self, Answer};

/// The best score of somebody who was not content.
const BAD: u8 = 2;

/// The survey that a mail answers, and the answer.
pub(super) struct Answered {
    survey: Surveyed,
    answer: Answer,
}

/// A survey answer carries a survey token as what it replies to, and says a score. A mail with such a token and
/// no score in it is an ordinary follow-up: the customer has something to say.
pub(super) fn answered(draft: &Draft<'_>, case: &Case<'_>) -> Option<Answered> {
    let mail = &case.incoming.mail;
    let claim = case.carried.iter().find(|carried| carried.place != Place::Address)?;
    if claim.claim.purpose != token::Use::Survey || claim.claim.expired {
        return None;
    }
    let ticket = super::matching::resolve(draft.context, &claim.claim.number)?;
    let survey = draft.context.surveys.iter().find(|survey| survey.ticket == ticket)?.clone();
    let answer = survey::read_answer(&mail.body.new_text, &mail.subject)?;
    Some(Answered { survey, answer })
}

/// Stores an answer, once.
pub(super) fn survey_answer(mut draft: Draft<'_>, case: &Case<'_>, answered: Answered) -> Decision {
    let Answered { survey, answer } = answered;
    let at = TicketRef::Existing(survey.ticket);
    let cause = super::customer_mail::cause(case);
    if let Some(score) = survey.score {
        draft.trace.remarks.push(format!("the survey was answered before, with {score}"));
        draft.fact(at, Fact::SurveyAgain(answer.score), &cause);
        return draft.finish(Reason::SurveyAnswer, Some(at));
    }
    draft.effects.push(Effect::AnswerSurvey {
        survey: survey.id,
        score: answer.score,
        comment: answer.comment.clone(),
    });
    draft.fact(at, Fact::SurveyAnswered(answer.score), &cause);
    if answer.score <= BAD {
        tell_of_bad(&mut draft, case, at, &answer, &cause);
    }
    draft.finish(Reason::SurveyAnswer, Some(at))
}

/// Somebody was not content: what he says stands in the ticket, for the agents' eyes, and whoever attended it hears of
/// it. The ticket stays closed: whoever wants it open again answers the closing mail.
fn tell_of_bad(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, answer: &Answer, cause: &Cause) {
    if !answer.comment.is_empty() {
        let article = case.article(draft, SenderKind::Customer, false, answer.comment.clone());
        draft.article(at, article, cause);
    }
    let mut bad = Happening::new(Occasion::BadSurvey, Some(at), &case.sender.trace);
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.as_ref());
    let from = case.incoming.mail.from.as_ref();
    // As the ticket names him, who may have written under his address alone, or under none.
    let by = customer.filter(|customer| from.is_none_or(|from| from.key() == customer.key())).or(from);
    let by = by.map(Address::called).filter(|by| !by.is_empty());
    bad.extra.insert("by".to_owned(), json!(by.unwrap_or("?")));
    bad.extra.insert("score".to_owned(), json!(answer.score.to_string()));
    bad.text = data::shown(&answer.comment);
    draft.happenings.push(bad);
}

/// Asks the customer of a ticket that was just closed, unless the policy says no.
pub(super) fn ask(draft: &mut Draft<'_>, at: TicketRef, closed_by: Option<&str>) {
    let Some(ticket) = draft.ticket(at).cloned() else { return };
    let desk = draft.desk;
    let cause = Cause::new(Actor::System, "survey after closing");
    let asked = match survey::should_ask(&ticket, closed_by, desk) {
        Ok(()) if draft.context.surveys.iter().any(|survey| TicketRef::Existing(survey.ticket) == at) => {
            Err("it was asked about before".to_owned())
        }
        Ok(())
            if ticket
                .now
                .customer
                .as_ref()
                .is_some_and(|who| customer_word::stopped(draft, at, &who.key())) =>
        {
            Err("the customer wants no more mails".to_owned())
        }
        other => other.and_then(|()| automatic(draft, at).map_err(|why| why.to_string())),
    };
    let (Ok(()), Some(customer)) = (&asked, &ticket.now.customer) else {
        if let Err(why) = asked {
            draft.trace.remarks.push(format!("no survey: {why}"));
        }
        return;
    };
    draft.effects.push(Effect::AskSurvey { ticket: at, customer: customer.key() });
    draft.fact(at, Fact::SurveySent(customer.address.clone()), &cause);
    let language = ticket.now.language;
    let mut fill = data::ticket_data(desk, &ticket.now, language, draft.now());
    fill.insert("text".to_owned(), json!(""));
    let notice = Notice {
        ticket: Some(at),
        number: Some(ticket.now.number.clone()),
        template: "survey".to_owned(),
        language,
        from: desk.queue_address(&ticket.now.queue),
        to: customer.clone(),
        cc: Vec::new(),
        data: fill,
        kind: NoticeKind::Generated,
        in_reply_to: ticket.thread.last().cloned(),
        references: ticket.thread.clone(),
        token: Some(token::Use::Survey),
        not_before: Some(behind_the_closing_mail(draft, &ticket.now.queue)),
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    };
    draft.effects.push(Effect::Notify(Box::new(notice)));
}

/// Nobody is asked about an answer that has not come: a little after the closing mail, which waits in the hold.
fn behind_the_closing_mail(draft: &Draft<'_>, queue: &str) -> jiff::Timestamp {
    let closing = super::notify::hold(draft, queue).unwrap_or(draft.now());
    closing.checked_add(jiff::SignedDuration::from_secs(5)).unwrap_or(closing)
}

/// The closing of a ticket, as its happening and its survey.
pub(super) fn closed(draft: &mut Draft<'_>, happening: Happening, closed_by: Option<&str>) {
    let at = happening.ticket;
    draft.happenings.push(happening);
    if let Some(at) = at {
        ask(draft, at, closed_by);
    }
}
