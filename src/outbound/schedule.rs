//! When a mail is tried again, and when it is given up: pure. RFC 5321 section 4.5.4.1 asks for half an hour between
//! attempts; the first ones come sooner, because most refusals of a first attempt are greylisting.

use jiff::{SignedDuration, Timestamp};

/// Minutes to wait after the first, second, ... attempt; the last one stays.
const MINUTES: [i64; 7] = [1, 2, 5, 10, 15, 30, 60];

/// Where in the dialogue something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Connection, greeting, TLS, login: it is not about one mail.
    Session,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`.
    Data,
    /// The answer to the content.
    Content,
}

/// What a refusal means for a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Try again.
    Transient,
    /// Never: give up at once.
    Permanent,
    /// It is about us (login, right to send, right to relay): keep the mail, try again, tell the administrator.
    AboutUs,
}

/// Reads a refusal: reply code and text, which may begin with an enhanced status code (RFC 3463).
pub fn judge(step: Step, code: u16, text: &str) -> Refusal {
    let status = text.split_whitespace().next().unwrap_or_default();
    let folded = text.to_lowercase();
    if code < 500 {
        // Postfix defers what it will not relay: somebody may still be putting it right. Nobody does unless told.
        let relay = step == Step::Recipient && status == "4.7.1" && folded.contains("relay");
        return if relay { Refusal::AboutUs } else { Refusal::Transient };
    }
    // RFC 4954 section 6: authentication required, failed, too weak, TLS required.
    let login =
        matches!(code, 530 | 534 | 535 | 538) || matches!(status, "5.7.8" | "5.7.9" | "5.7.30" | "5.7.57");
    let not_ours = ["relay", "sendasdenied", "not permitted to send", "not owned by user", "authentication"];
    match step {
        Step::Session => Refusal::AboutUs,
        _ if login => Refusal::AboutUs,
        // Too large (RFC 1870 section 6.1) is about the mail; whatever else is wrong with our sender is about us.
        Step::Sender if code == 552 || status == "5.3.4" => Refusal::Permanent,
        Step::Sender => Refusal::AboutUs,
        Step::Recipient | Step::Data | Step::Content => {
            if not_ours.iter().any(|words| folded.contains(words)) {
                Refusal::AboutUs
            } else {
                Refusal::Permanent
            }
        }
    }
}

/// When to try again after `attempts` that ended (this one included); `None` to give up. The wait differs by up to a
/// tenth either way, by `chance`, so that many mails do not come back at one moment. The last attempt is made when the
/// time is over, not before.
pub fn next_attempt(
    attempts: u32,
    created: Timestamp,
    now: Timestamp,
    give_up_after: SignedDuration,
    chance: u64,
) -> Option<Timestamp> {
    let end = created.checked_add(give_up_after).unwrap_or(Timestamp::MAX);
    if now >= end {
        return None;
    }
    let nth = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = MINUTES.get(nth).or(MINUTES.last()).copied().unwrap_or(60);
    let seconds = minutes * 60;
    let spread = seconds / 5;
    let shift = i64::try_from(chance % u64::try_from(spread.max(1)).unwrap_or(1)).unwrap_or(0) - spread / 2;
    let next = now.checked_add(SignedDuration::from_secs(seconds + shift)).unwrap_or(end);
    Some(next.min(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR_DAYS: SignedDuration = SignedDuration::from_hours(96);

    #[test]
    fn waits_grow_to_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let wait = |attempts, chance| {
            let next = next_attempt(attempts, now, now, FOUR_DAYS, chance).unwrap();
            next.duration_since(now).as_secs()
        };
        for (attempts, minutes) in
            [(0, 1), (1, 1), (2, 2), (3, 5), (4, 10), (5, 15), (6, 30), (7, 60), (900, 60)]
        {
            for chance in [0, 1, 7, 1_000_003, u64::MAX] {
                let seconds = wait(attempts, chance);
                assert!((minutes * 54..=minutes * 66).contains(&seconds), "{attempts}: {seconds}");
            }
        }
        assert_ne!(wait(7, 1), wait(7, 2));
    }

    #[test]
    fn the_last_attempt_is_at_the_end() {
        let created = Timestamp::UNIX_EPOCH;
        let end = created + FOUR_DAYS;
        let mut now = created;
        let mut attempts = 0;
        while let Some(next) = next_attempt(attempts + 1, created, now, FOUR_DAYS, u64::from(attempts) * 977)
        {
            assert!(next > now && next <= end);
            now = next;
            attempts += 1;
        }
        assert_eq!(now, end);
        assert!((95..=110).contains(&attempts), "{attempts}");
    }

    #[test]
    fn refusals() {
        use Refusal::{AboutUs, Permanent, Transient};
        use Step::{Content, Data, Recipient, Sender, Session};
        let cases = [
            (Recipient, 450, "4.2.0 Greylisted", Transient),
            (Recipient, 454, "4.7.1 <a@b>: Relay access denied", AboutUs),
            (Recipient, 451, "4.7.1 Greylisting in action", Transient),
            (Session, 421, "4.3.2 too busy", Transient),
            (Session, 454, "4.7.0 Temporary authentication failure", Transient),
            (Session, 535, "5.7.8 Error: authentication failed", AboutUs),
            (Session, 554, "no SMTP service here", AboutUs),
            (Sender, 530, "5.7.0 Must issue a STARTTLS command first", AboutUs),
            (Sender, 553, "5.7.1 Sender address rejected: not owned by user x", AboutUs),
            (Sender, 552, "5.3.4 Message size exceeds fixed limit", Permanent),
            (Sender, 550, "5.7.57 Client not authenticated to send mail", AboutUs),
            (Recipient, 550, "5.1.1 User unknown", Permanent),
            (Recipient, 554, "5.7.1 <a@b>: Relay access denied", AboutUs),
            (Recipient, 550, "5.7.1 refused by policy of the recipient", Permanent),
            (Data, 554, "5.5.1 no valid recipients", Permanent),
            (Content, 554, "5.7.1 spam", Permanent),
            (Content, 554, "5.2.252 SendAsDenied; desk@x not allowed to send as y@x", AboutUs),
            (Content, 452, "4.3.1 Insufficient system storage", Transient),
        ];
        for (step, code, text, refusal) in cases {
            assert_eq!(judge(step, code, text), refusal, "{step:?} {code} {text}");
        }
    }
}
