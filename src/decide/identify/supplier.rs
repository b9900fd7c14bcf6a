//! Whether a supplier of a ticket wrote a mail about it.

use super::super::lookup::Carried;
use super::super::matching::{resolve, supplier_at};
use super::super::{Context, Evidence, Incoming, SenderTrace};
use super::Sender;
use crate::desk::token::Use;
use crate::desk::{Desk, SenderKind, TicketId};
use crate::mail::{Address, Class};

/// By its address, or by the token that came to it with our mail: at a firm somebody else may answer. Whoever takes part in
/// the ticket beside it is no supplier by a token that he was shown.
pub(super) fn of_ticket<'a>(
    incoming: &Incoming,
    carried: &[Carried],
    ticket: Option<TicketId>,
    context: &Context,
    desk: &Desk,
) -> Option<Sender<'a>> {
    let spoken = matches!(
        incoming.classified.class,
        Class::Person | Class::SurveyAnswer | Class::Automatic | Class::List | Class::AutoReply
    );
    let ticket = context.tickets.get(&ticket.filter(|_| spoken)?)?;
    // A mail that names nobody can come with a token all the same.
    let nobody = Address::bare("");
    let from = incoming.mail.from.as_ref().unwrap_or(&nobody);
    let by_token = || {
        let here = |carried: &&Carried| resolve(context, &carried.claim.number) == Some(ticket.id);
        let good = |carried: &&Carried| carried.claim.purpose == Use::Supplier && !carried.claim.expired;
        let held = carried.iter().filter(here).find(good)?;
        let party = ticket.suppliers.iter().find(|party| held.claim.issued_to(&party.address.address));
        let known = || desk.suppliers.iter().find(|supplier| held.is_of(supplier));
        // Even of one that is in no file any more it is never the customer's mail.
        let name = party.map(|party| party.name()).or_else(|| known().map(|known| known.name.as_str()));
        let name = name.unwrap_or_else(|| from.called()).to_owned();
        Some((name.clone(), Evidence::SupplierToken(name)))
    };
    let by_address =
        supplier_at(ticket, &from.address, desk).map(|name| (name.clone(), Evidence::SupplierAddress(name)));
    let token = || by_token().filter(|_| !ticket.has_participant(&from.address));
    let (name, why) = by_address.or_else(token)?;
    let trace = SenderTrace { kind: SenderKind::Supplier, id: from.key(), level: 0, evidence: vec![why] };
    Some(Sender { agent: None, supplier: Some(name), trace, vouched: false, doubted: false })
}
