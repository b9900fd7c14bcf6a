//! The sentences of `decide` in English.

use jiff::Timestamp;

use super::{Say, listed, things};
use crate::decide::evidence::{Evidence, InVain};
use crate::decide::fact::Fact;
use crate::decide::no_mail::NoMail;
use crate::mail::Language;

#[expect(clippy::too_many_lines, reason = "a table of sentences, one for each case")]
pub(super) fn say(say: &Say<'_>) -> String {
    match say {
        Say::Unknown { what, name, near, all } => {
            let what = what.word(Language::En);
            let hint = match near {
                Some(near) => format!(" Did you mean \"{near}\"?"),
                None => String::new(),
            };
            format!("There is no {what} \"{name}\".{hint}{}", listed(" They are: ", all))
        }
        Say::Ambiguous { name, candidates } => {
            format!("\"{name}\" fits several agents: {}. Write the login.", candidates.join(", "))
        }
        Say::Several { name, candidates } => {
            format!("\"{name}\" fits several: {}. Write the whole name.", things(candidates, Language::En))
        }
        Say::NothingCalled { name, near } => {
            let hint = near.map(|near| format!(" Did you mean \"{near}\"?")).unwrap_or_default();
            format!("No agent, queue, level or supplier is called \"{name}\".{hint}")
        }
        Say::SupplierNeedsText => {
            "What is the supplier to do? Write it below the commands: that text, and no other, goes to it.".to_owned()
        }
        Say::SupplierAlone => {
            "The text of this mail goes to the supplier: leave out #note and #public, and write to the customer in another mail.".to_owned()
        }
        Say::OneSupplier => "The text of one mail goes to one supplier: write to the other in a mail of its own.".to_owned(),
        Say::SupplierAsks(name) => format!("This ticket is a request of {name}: answer it as any customer's."),
        Say::WhichSupplier(names) => {
            format!("This ticket is with several suppliers: {}. Write #escalate supplier NAME above the text.", names.join(", "))
        }
        Say::NoSupplier => "There are no suppliers: the administrator lists them in desk.toml.".to_owned(),
        Say::GoesToSupplier(who) => format!("Your text goes to the supplier {who}, not to the customer."),
        Say::WouldGoToSupplier(who) => format!("The text would go to the supplier {who}, not to the customer."),
        Say::NobodyAtLevel { level, queue, elsewhere } => {
            let who: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
            let who = listed(" Of that level elsewhere: ", &who);
            format!("Nobody of level {level} attends queue \"{queue}\".{who} Move the ticket with #queue in a line above.")
        }
        Say::SeveralPeople { name, candidates } => {
            format!("\"{name}\" fits several people: {}. Write the address.", candidates.join(", "))
        }
        Say::IsTheDesk(address) => format!("{address} is the desk itself."),
        Say::SaidStop(address) => format!("{address} asked for no more mails about this ticket (#stop)."),
        Say::TooManyTakePart(most) => format!("At most {most} people can take part in a ticket."),
        Say::NotOffered { service, customer, offered } => {
            format!("\"{service}\" is not offered to {customer}.{}", listed(" These are: ", offered))
        }
        Say::ServiceLeft { service, customer, offered } => format!(
            "The service \"{service}\" was taken off: it is not offered to {customer}.{}",
            listed(" Choose with #service among: ", offered)
        ),
        Say::NobodyTold => {
            "No mail says so: what is written to the customer goes there from now on.".to_owned()
        }
        Say::NotSoMuchBooked(booked) => format!("Only {booked} are booked."),
        Say::NotAllowed { right, queue } => format!("Your roles do not allow \"{}\" in queue \"{queue}\".", right.word()),
        Say::OneAnswer => "A mail carries one canned answer.".to_owned(),
        Say::NewOnce => {
            "#new opens one ticket in a mail of its own: write it once, and other tickets in another mail.".to_owned()
        }
        Say::WhoseTicket => {
            "Whose ticket is it? Add a line #customer ADDRESS, or forward the customer's mail.".to_owned()
        }
        Say::MailNeedsText => {
            "What does the mail to the customer say? Write it below the commands, or write #new phone.".to_owned()
        }
        Say::Registered(who) => format!("Your text was kept as what {who} asks for."),
        Say::RegisteredAndSent(who) => {
            format!("Your text was kept as what {who} asks for, and goes to {who} with the closing notice.")
        }
        Say::Already(value) => format!("It is so already: {value}."),
        Say::UseClose(state) => format!("\"{state}\" closes the ticket: write #close instead."),
        Say::UsePend(state) => format!("\"{state}\" needs a date: write #pend, for example #pend 2d."),
        Say::Closed => "The ticket is closed: write #reopen first.".to_owned(),
        Say::NotClosed => "The ticket is not closed.".to_owned(),
        Say::NeedsConfirmation { has } => {
            format!("This is done only once you confirm it; your mail alone proves level {has}.")
        }
        Say::OthersThanShown => {
            "Your query finds other tickets now than you were shown: please confirm these.".to_owned()
        }
        Say::NoteAndPublic => "#note and #public cannot stand in one mail.".to_owned(),
        Say::LockedBy(who) => {
            format!("The ticket is locked by {who}: write #take to take it over, or #note to keep the text internal.")
        }
        Say::AnswerLocked(who) => {
            format!("{who} has locked this ticket. With your yes you take it (#take) and the answer is sent.")
        }
        Say::StateLockedBy(who) => {
            format!("The ticket is locked by {who}: write #take in a line above to take it over.")
        }
        Say::PartsDiffer => {
            "The plain text and the HTML of your mail carry different commands. Send it as plain text.".to_owned()
        }
        Say::NotInQueue { login, queue, members } => {
            format!("{login} does not work in queue \"{queue}\".{}", listed(" Who does: ", members))
        }
        Say::NoTicket => "There is no ticket to do it to.".to_owned(),
        Say::NoSuchTicket { number, typing: false } => format!("There is no ticket {number}."),
        Say::NoSuchTicket { number, typing: true } => {
            format!("There is no ticket {number}: its check digit is wrong, so a digit was mistyped.")
        }
        Say::SameTicket(number) => format!("{number} is this ticket itself, or already part of it."),
        Say::NoLonger(number) => format!("Ticket {number} was merged or removed: nothing can be done with it."),
        Say::OtherWayRound(number) => {
            format!("{number} is linked with this ticket the other way round: write #unlink {number} first.")
        }
        Say::NotLinked(number) => format!("This ticket is not linked with {number}."),
        Say::NoArticle(nth) => format!("This ticket has no article {nth}."),
        Say::SplitNeedsText => {
            "What is the second ticket about? Write it below the commands, or name an article: #split 2".to_owned()
        }
        Say::NewTicketOfMails { number, others: 1 } => {
            format!("new ticket {number}; the other forwarded mail is an article of it")
        }
        Say::NewTicketOfMails { number, others } => {
            format!("new ticket {number}; the other {others} forwarded mails are articles of it")
        }
        Say::NewTicket(number) => format!("new ticket {number}"),
        Say::NothingToUndo => "There is nothing of yours to undo here: check the token of the receipt.".to_owned(),
        Say::LastUndoneBefore => {
            "Your last mail about this ticket was undone before: nothing more was. To undo an earlier one, write the #undo line of \
             its receipt."
                .to_owned()
        }
        Say::UndoneBefore => "This was undone before.".to_owned(),
        Say::UndoExpired(days) => format!("This can be undone no longer: it was done more than {days} days ago."),
        Say::ChangedSince(what) => format!("Not undone, because it has changed since: {what}."),
        Say::NothingLeftToUndo => "Nothing of it is left to undo.".to_owned(),
        Say::MailHasLeft(to) => format!("cannot be undone: the mail to {to} has left"),
        Say::MailTakenBack(to) => format!("the mail to {to} does not leave"),
        Say::NoneFound => "No ticket fits; #list QUERY shows what a query finds.".to_owned(),
        Say::OverLimit { count, limit } => format!(
            "{count} tickets fit, and no more than {limit} may be changed at once. Write more in the query, or #limit {count} \
             in a line of its own."
        ),
        Say::AsksTooMuch(most) => format!("One mail may ask for {most} of these at most: send another mail."),
        Say::NoTime(typed) => format!("\"{typed}\" is no time; write for example 30d or 2026-01-31."),
        Say::Tickets(1) => "1 ticket".to_owned(),
        Say::Tickets(count) => format!("{count} tickets"),
        Say::AnswerFollows => "It follows in a mail of its own.".to_owned(),
        Say::GoesToAll(count) => format!("Your text goes to the customers of {count} tickets."),
        Say::TextNotKept => "Your text was not kept: these commands concern no ticket.".to_owned(),
        Say::Goes(to) => format!("Your text goes to {to}."),
        Say::GoesWithCopies(to, copies) => format!("Your text goes to {to}, with copies to {copies}."),
        Say::WouldGo(Some(to)) => format!("The text would go to {to}."),
        Say::WouldGo(None) => "The text would stay internal.".to_owned(),
        Say::OpensTicket => "The mail would open a new ticket.".to_owned(),
        Say::StaysInternal => "Your text was kept as an internal note.".to_owned(),
        Say::ClosedWithoutText(who) => format!(
            "Your text was kept as an internal note: {who} is told that the ticket is closed, without it. With #public below \
             #close it goes along."
        ),
        Say::KeptAsText(line) => format!(
            "The line “{line}” is a part of it: a command stands at the very beginning of its line, above the text."
        ),
        Say::CodeExpired => "The code has expired or was used: send the first mail again.".to_owned(),
        Say::ConfirmedBefore => {
            "This changes nothing: you said yes before, and the mail that followed says what came of it. What was done is taken \
             back with #undo in answer to any mail of its ticket; to write something else, answer the mail about the ticket again."
                .to_owned()
        }
        Say::NotYes => "This confirms nothing: the first line has to be yes, and nothing else.".to_owned(),
        Say::NeitherYesNorNo => {
            "Nothing was sent, and your first answer still waits: the first line has to be yes or no, and nothing else. To send \
             something else, reply no or nothing, and send your mail again, corrected, in answer to the ticket's mail."
                .to_owned()
        }
        Say::NotFromYou => {
            "The mail server says that this mail does not come from your address, or it names other authors, too."
                .to_owned()
        }
        Say::AnswerDeclined { told: false } => {
            "Your answer was not sent, and your text was not added to the ticket. If you did not write it, tell your administrator."
                .to_owned()
        }
        Say::AnswerDeclined { told: true } => {
            "The answer was not sent, and its text was not added to the ticket. The administrator was told: nothing but a code of \
             the ticket's mails proved that it was yours."
                .to_owned()
        }
        Say::NoToToken { login, subject } => format!(
            "{login} said no to the answer \"{subject}\", which nothing but a token proved: ask whether it was theirs"
        ),
        Say::Denied => "The mail that waited will not be carried out. The administrator was told.".to_owned(),
        Say::Unfit(why) => why.to_string(),
        Say::ByRule(None) => "a rule".to_owned(),
        Say::ByRule(Some(name)) => format!("rule \"{name}\""),
        Say::NotAsked { login, cap } => {
            format!("a mail in the name of {login}, who was asked about {cap} such mails within an hour")
        }
        Say::ManyWait { login, cap } => {
            format!("{cap} mails in the name of {login} wait for confirmation")
        }
        Say::ManyWaitText => {
            "Somebody may be using this agent's address. For an hour further such mails are not asked about: they go to the \
             quarantine (taquilla quarantine list), from where they can be retried."
                .to_owned()
        }
        Say::Undeliverable(recipient) => format!("Mails to {recipient} cannot be delivered"),
        Say::AbuseReport => "Abuse report about a mail of this desk".to_owned(),
        Say::NothingKept => "Your text was not kept either: send the whole mail again.".to_owned(),
    }
}

pub(in crate::decide) fn evidence(piece: &Evidence) -> String {
    match piece {
        Evidence::NoFrom => "no From address".to_owned(),
        Evidence::NoAgent => "From is no agent's".to_owned(),
        Evidence::Program { login, class } => format!("From is {login}'s, but the mail is {class}"),
        Evidence::Confirmed(login) => format!("confirmed from the registered address of {login}"),
        Evidence::Supposed(level) => format!("level {level} supposed"),
        Evidence::DoubtfulFrom(defect) => defect.to_string(),
        Evidence::CheckFailed => "a check of the sender failed".to_owned(),
        Evidence::Submission => "the border vouches for the submission (auth=pass)".to_owned(),
        Evidence::Dmarc => "the border vouches for the domain (dmarc=pass)".to_owned(),
        Evidence::InternalHeader => "the internal header stands there".to_owned(),
        Evidence::Token { login, number } => format!("token issued to {login} for ticket {number}"),
        Evidence::Signed { domain, selector } => {
            format!("{domain} vouches for it (DKIM, selector {selector})")
        }
        Evidence::SignedInVain { domain, selector, why } => {
            let why = match why {
                InVain::NotForTheDesk => "neither To nor Cc names the desk",
                InVain::OfAnotherTime => "its date is not of these days",
                InVain::SeenBefore => "a mail with its sender, date and subject was here before",
            };
            format!("{domain} vouches for it (DKIM, selector {selector}), but {why}")
        }
        Evidence::Unsigned(why) => format!("no signature proves it: {why}"),
        Evidence::NeedsBoth => {
            "strict: the border's word (or a signature) and a token of this agent are both needed".to_owned()
        }
        Evidence::Unproved => "From is an agent's, nothing proves it".to_owned(),
        Evidence::SupplierToken(name) => format!("a token issued to the supplier: {name}"),
        Evidence::SupplierAddress(name) => format!("From is the supplier's: {name}"),
        Evidence::Spam => "marked as spam".to_owned(),
        Evidence::Header { name, value } => format!("{name}: {value}"),
        Evidence::Border { border, result, of: None } => format!("{border} says {result}"),
        Evidence::Border { border, result, of: Some(of) } => format!("{border} says {result} for {of}"),
    }
}

pub(in crate::decide) fn no_mail(why: &NoMail) -> String {
    match why {
        NoMail::NoSender => "the mail has no sender".to_owned(),
        NoMail::NotPerson(class) => format!("the mail is {class}"),
        NoMail::AsksNot => "the mail asks not to be answered automatically".to_owned(),
        NoMail::NullReturnPath => "the mail has the null return path".to_owned(),
        NoMail::CheckFailed => "a check of the sender failed".to_owned(),
        NoMail::Spam => "the mail is marked as spam".to_owned(),
        NoMail::OpenedByProgram(class) => format!("the ticket was opened by a program ({class})"),
        NoMail::Unproved(why) => format!("the customer is not proved: {why}"),
        NoMail::FollowUp => "follow-ups are not acknowledged".to_owned(),
        NoMail::Supplier => "suppliers are not acknowledged".to_owned(),
        NoMail::Rule => "a rule suppresses the automatic reply".to_owned(),
        NoMail::AgentsMail => "the customer gets the agent's mail".to_owned(),
        NoMail::Silent => "closed silently".to_owned(),
        NoMail::Quarantined => "the mail is in quarantine".to_owned(),
    }
}

pub(in crate::decide) fn fact(fact: &Fact, date: impl Fn(Timestamp) -> String) -> String {
    match fact {
        Fact::Created => "ticket created".to_owned(),
        Fact::Article { sender, visible } => {
            let eyes = if *visible { "visible to the customer" } else { "internal" };
            format!("article of {}, {eyes}", sender.word())
        }
        Fact::Stranger(who) => format!("{who} quoted this number and takes no part in it"),
        Fact::Bounced(what) => format!("mail bounced: {what}"),
        Fact::GivenUp(what) => format!("mail given up: {what}"),
        Fact::Reminded => "pending date reached".to_owned(),
        Fact::TookIn(number) => format!("ticket {number} was merged into this one"),
        Fact::Held(login) => format!("mail waits: a mail in the name of {login}"),
        Fact::HeldExpired(login) => {
            format!("mail was not confirmed in time: a mail in the name of {login}")
        }
        Fact::NotAsked { login, cap } => format!(
            "a mail in the name of {login}, who was asked about {cap} such mails within an hour; it is in the quarantine"
        ),
        Fact::Denied { login, subject } => {
            format!("{login} did not write the mail \"{subject}\" that waited")
        }
        Fact::AnswerDeclined { login, subject, left } => {
            let left = if *left { " and left the ticket as it is" } else { "" };
            format!("{login} said no to the answer \"{subject}\" that waited{left}")
        }
        Fact::FollowUpRejected => "a follow-up was rejected: the ticket is closed".to_owned(),
        Fact::SurveySent(who) => format!("survey sent to {who}"),
        Fact::SurveyAnswered(score) => format!("survey answered: {score}"),
        Fact::SurveyAgain(score) => format!("another survey answer ({score}) was not counted"),
        Fact::SurveyWithdrawn => {
            "the survey had not left and was taken back: the ticket was opened again".to_owned()
        }
        Fact::Undone(when) => format!("taken back: what was done at {}", date(*when)),
        Fact::Withdrawn => "answer taken back before it left".to_owned(),
        Fact::NotNotified { to, template, why } => {
            format!("not notified: {to} ({template}): {}", no_mail(why))
        }
        Fact::Erased => "personal data erased".to_owned(),
        Fact::Capped { to, template, sent, cap, of_domain } => {
            let domain = if *of_domain { " to its domain" } else { "" };
            format!(
                "mail held over a cap: {to} ({template}): {sent} automatic mails{domain} within an hour, the cap is {cap}"
            )
        }
        Fact::SupplierReminded(name) => format!("supplier {name} was reminded"),
        Fact::Remark(words) => words.clone(),
    }
}
