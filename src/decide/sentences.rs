//! What the desk says to an agent whose command cannot be done: the sentences of `decide`, per language.
//!
//! Mistakes of grammar are `commands`' own; here are those that need the desk or the ticket to be seen.

use crate::mail::Language;

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Say<'a> {
    /// There is no such thing; perhaps another name was meant.
    Unknown { what: Thing, name: &'a str, near: Option<&'a str>, all: Vec<&'a str> },
    /// Several agents fit.
    Ambiguous { name: &'a str, candidates: Vec<String> },
    /// Several things fit.
    Several { name: &'a str, candidates: Vec<(Thing, String)> },
    /// Neither an agent nor a queue nor a level nor a supplier is called so.
    NothingCalled { name: &'a str, near: Option<&'a str> },
    /// There is nothing to write to a supplier.
    SupplierNeedsText,
    /// `#note` or `#public` where the text is for a supplier.
    SupplierAlone,
    /// Two suppliers for the text of one mail.
    OneSupplier,
    /// The ticket is the supplier's own request.
    SupplierAsks(&'a str),
    /// The ticket is with several suppliers.
    WhichSupplier(Vec<&'a str>),
    /// There is none.
    NoSupplier,
    /// To whom the text goes: the supplier's name and address.
    GoesToSupplier(&'a str),
    /// The same of a mail that waits.
    WouldGoToSupplier(&'a str),
    /// Nobody of a level would see the ticket; who is of that level elsewhere.
    NobodyAtLevel { level: u8, queue: &'a str, elsewhere: Vec<String> },
    /// Several people fit.
    SeveralPeople { name: &'a str, candidates: Vec<String> },
    /// The desk is nobody's customer.
    IsTheDesk(&'a str),
    /// Somebody asked for no more mails about this ticket.
    SaidStop(&'a str),
    /// Every answer goes to all of them.
    TooManyTakePart(usize),
    /// The customers file does not offer this service to this customer.
    NotOffered { service: &'a str, customer: &'a str, offered: Vec<&'a str> },
    /// More work would be taken back than was booked.
    NotSoMuchBooked(&'a str),
    /// The right is missing.
    NotAllowed { right: &'a str, queue: &'a str },
    /// One canned answer a mail.
    OneAnswer,
    /// A mail opens one ticket for somebody, and does nothing to others.
    NewOnce,
    /// Nobody knows whose the new ticket is.
    WhoseTicket,
    /// A mail to the customer that says nothing.
    MailNeedsText,
    /// The text stands as what the customer asked for.
    Registered(&'a str),
    /// Nothing to change.
    Already(&'a str),
    /// A closing state is set by `#close`.
    UseClose(&'a str),
    /// A pending state needs a date.
    UsePend(&'a str),
    /// The ticket is closed.
    Closed,
    /// The ticket is not closed.
    NotClosed,
    /// This needs more evidence than there is, and is done once it is confirmed.
    NeedsConfirmation { has: u8 },
    /// What is confirmed is what was shown, and a query finds something else by now.
    OthersThanShown,
    /// `#note` and `#public` in one mail.
    NoteAndPublic,
    /// Locked by someone else.
    LockedBy(&'a str),
    /// Locked by someone else, and the state is the holder's to change.
    StateLockedBy(&'a str),
    /// The text and HTML parts of the mail say different things.
    PartsDiffer,
    /// An agent who may not attend this queue.
    NotInQueue { login: &'a str, queue: &'a str, members: Vec<&'a str> },
    /// There is no ticket to do it to.
    NoTicket,
    /// No such ticket, perhaps a typing error.
    NoSuchTicket { number: &'a str, typing: bool },
    /// A ticket cannot be linked with itself or merged into itself.
    SameTicket(&'a str),
    /// A ticket that was merged or removed.
    NoLonger(&'a str),
    /// The link stands the other way round.
    OtherWayRound(&'a str),
    /// There is no link to take away.
    NotLinked(&'a str),
    /// A ticket has no article of that number.
    NoArticle(u32),
    /// There is nothing to open a second ticket with.
    SplitNeedsText,
    /// A ticket was opened.
    NewTicket(&'a str),
    /// The token names nothing of this agent's, or there is nothing in this ticket.
    NothingToUndo,
    /// It was taken back before.
    UndoneBefore,
    /// Too late, counted in days.
    UndoExpired(i64),
    /// Something was changed since.
    ChangedSince(&'a str),
    /// All of it is as it was before.
    NothingLeftToUndo,
    /// A mail that nobody can take back.
    MailHasLeft(&'a str),
    /// A mail that does not leave.
    MailTakenBack(&'a str),
    /// Nothing is found that could be changed.
    NoneFound,
    /// More is found than may be changed.
    OverLimit { count: u64, limit: u32 },
    /// More lists or tickets whole than one mail may ask for.
    AsksTooMuch(usize),
    /// It is no time.
    NoTime(&'a str),
    /// How many tickets a line names.
    Tickets(usize),
    /// What was asked for follows.
    AnswerFollows,
    /// The text goes to the customer.
    Goes(&'a str),
    /// The text goes to the customers of several tickets.
    GoesToAll(usize),
    /// To whom the text of a mail that waits would go; to nobody where it would be a note.
    WouldGo(Option<&'a str>),
    /// The mail opens a ticket.
    OpensTicket,
    /// The text stays internal.
    StaysInternal,
    /// A line of the text looks like a command and was kept as text.
    KeptAsText(&'a str),
    /// No ticket of the mail could take the text.
    TextNotKept,
    /// Nothing of the text was kept.
    NothingKept,
    /// The mail that waited was confirmed too late.
    CodeExpired,
    /// An answer to a question that is neither yes nor no.
    NotYes,
    /// A confirmation that fails a check of its sender.
    NotFromYou,
    /// The mail that waited is not the agent's.
    Denied,
}

/// What was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Agent,
    Queue,
    State,
    Type,
    Service,
    Level,
    Sla,
    Customer,
    Answer,
    Macro,
    Supplier,
    Report,
}

impl Thing {
    fn word(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::En, Self::Agent) => "agent",
            (Language::En, Self::Queue) => "queue",
            (Language::En, Self::State) => "state",
            (Language::En, Self::Type) => "type",
            (Language::En, Self::Service) => "service",
            (Language::En, Self::Report) => "report",
            (Language::En, Self::Level) => "level",
            (Language::En, Self::Sla) => "SLA",
            (Language::En, Self::Customer) => "customer",
            (Language::En, Self::Answer) => "canned answer",
            (Language::En | Language::Es, Self::Macro) => "macro",
            (Language::Es, Self::Answer) => "plantilla",
            (Language::Es, Self::Sla) => "ANS",
            (Language::Es, Self::Customer) => "usuario",
            (Language::En, Self::Supplier) => "supplier",
            (Language::Es, Self::Agent) => "agente",
            (Language::Es, Self::Queue) => "cola",
            (Language::Es, Self::State) => "estado",
            (Language::Es, Self::Type) => "tipo",
            (Language::Es, Self::Service) => "servicio",
            (Language::Es, Self::Report) => "reporte",
            (Language::Es, Self::Level) => "nivel",
            (Language::Es, Self::Supplier) => "proveedor",
        }
    }
}

impl Say<'_> {
    pub(super) fn text(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Es => self.spanish(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences, one for each case")]
    fn english(&self) -> String {
        match self {
            Self::Unknown { what, name, near, all } => {
                let what = what.word(Language::En);
                let hint = match near {
                    Some(near) => format!(" Did you mean \"{near}\"?"),
                    None => String::new(),
                };
                format!("There is no {what} \"{name}\".{hint}{}", listed(" They are: ", all))
            }
            Self::Ambiguous { name, candidates } => {
                format!("\"{name}\" fits several agents: {}. Write the login.", candidates.join(", "))
            }
            Self::Several { name, candidates } => {
                format!("\"{name}\" fits several: {}. Write the whole name.", things(candidates, Language::En))
            }
            Self::NothingCalled { name, near } => {
                let hint = near.map(|near| format!(" Did you mean \"{near}\"?")).unwrap_or_default();
                format!("No agent, queue, level or supplier is called \"{name}\".{hint}")
            }
            Self::SupplierNeedsText => {
                "What is the supplier to do? Write it below the commands: that text, and no other, goes to it.".to_owned()
            }
            Self::SupplierAlone => {
                "The text of this mail goes to the supplier: leave out #note and #public, and write to the customer in another mail.".to_owned()
            }
            Self::OneSupplier => "The text of one mail goes to one supplier: write to the other in a mail of its own.".to_owned(),
            Self::SupplierAsks(name) => format!("This ticket is a request of {name}: answer it as any customer's."),
            Self::WhichSupplier(names) => {
                format!("This ticket is with several suppliers: {}. Write #escalate supplier NAME above the text.", names.join(", "))
            }
            Self::NoSupplier => "There are no suppliers: the administrator lists them in desk.toml.".to_owned(),
            Self::GoesToSupplier(who) => format!("Your text goes to the supplier {who}, not to the customer."),
            Self::WouldGoToSupplier(who) => format!("The text would go to the supplier {who}, not to the customer."),
            Self::NobodyAtLevel { level, queue, elsewhere } => {
                let who: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
                let who = listed(" Of that level elsewhere: ", &who);
                format!("Nobody of level {level} attends queue \"{queue}\".{who} Move the ticket with #queue in a line above.")
            }
            Self::SeveralPeople { name, candidates } => {
                format!("\"{name}\" fits several people: {}. Write the address.", candidates.join(", "))
            }
            Self::IsTheDesk(address) => format!("{address} is the desk itself."),
            Self::SaidStop(address) => format!("{address} asked for no more mails about this ticket (#stop)."),
            Self::TooManyTakePart(most) => format!("At most {most} people can take part in a ticket."),
            Self::NotOffered { service, customer, offered } => {
                format!("\"{service}\" is not offered to {customer}.{}", listed(" These are: ", offered))
            }
            Self::NotSoMuchBooked(booked) => format!("Only {booked} are booked."),
            Self::NotAllowed { right, queue } => format!("Your roles do not allow \"{right}\" in queue \"{queue}\"."),
            Self::OneAnswer => "A mail carries one canned answer.".to_owned(),
            Self::NewOnce => {
                "#new opens one ticket in a mail of its own: write it once, and other tickets in another mail.".to_owned()
            }
            Self::WhoseTicket => {
                "Whose ticket is it? Add a line #customer ADDRESS, or forward the customer's mail.".to_owned()
            }
            Self::MailNeedsText => {
                "What does the mail to the customer say? Write it below the commands, or write #new phone.".to_owned()
            }
            Self::Registered(who) => format!("Your text was kept as what {who} asks for."),
            Self::Already(value) => format!("It is so already: {value}."),
            Self::UseClose(state) => format!("\"{state}\" closes the ticket: write #close instead."),
            Self::UsePend(state) => format!("\"{state}\" needs a date: write #pend, for example #pend 2d."),
            Self::Closed => "The ticket is closed: write #reopen first.".to_owned(),
            Self::NotClosed => "The ticket is not closed.".to_owned(),
            Self::NeedsConfirmation { has } => {
                format!("This is done only once you confirm it; your mail alone proves level {has}.")
            }
            Self::OthersThanShown => {
                "Your query finds other tickets now than you were shown: please confirm these.".to_owned()
            }
            Self::NoteAndPublic => "#note and #public cannot stand in one mail.".to_owned(),
            Self::LockedBy(who) => {
                format!("The ticket is locked by {who}: write #take to take it over, or #note to keep the text internal.")
            }
            Self::StateLockedBy(who) => {
                format!("The ticket is locked by {who}: write #take in a line above to take it over.")
            }
            Self::PartsDiffer => {
                "The plain text and the HTML of your mail carry different commands. Send it as plain text.".to_owned()
            }
            Self::NotInQueue { login, queue, members } => {
                format!("{login} does not work in queue \"{queue}\".{}", listed(" Who does: ", members))
            }
            Self::NoTicket => "There is no ticket to do it to.".to_owned(),
            Self::NoSuchTicket { number, typing: false } => format!("There is no ticket {number}."),
            Self::NoSuchTicket { number, typing: true } => {
                format!("There is no ticket {number}: its check digit is wrong, so a digit was mistyped.")
            }
            Self::SameTicket(number) => format!("{number} is this ticket itself, or already part of it."),
            Self::NoLonger(number) => format!("Ticket {number} was merged or removed: nothing can be done with it."),
            Self::OtherWayRound(number) => {
                format!("{number} is linked with this ticket the other way round: write #unlink {number} first.")
            }
            Self::NotLinked(number) => format!("This ticket is not linked with {number}."),
            Self::NoArticle(nth) => format!("This ticket has no article {nth}."),
            Self::SplitNeedsText => {
                "What is the second ticket about? Write it below the commands, or name an article: #split 2".to_owned()
            }
            Self::NewTicket(number) => format!("new ticket {number}"),
            Self::NothingToUndo => "There is nothing of yours to undo here: check the token of the receipt.".to_owned(),
            Self::UndoneBefore => "This was undone before.".to_owned(),
            Self::UndoExpired(days) => format!("This can be undone no longer: it was done more than {days} days ago."),
            Self::ChangedSince(what) => format!("Not undone, because it has changed since: {what}."),
            Self::NothingLeftToUndo => "Nothing of it is left to undo.".to_owned(),
            Self::MailHasLeft(to) => format!("cannot be undone: the mail to {to} has left"),
            Self::MailTakenBack(to) => format!("the mail to {to} does not leave"),
            Self::NoneFound => "No ticket fits; #list QUERY shows what a query finds.".to_owned(),
            Self::OverLimit { count, limit } => format!(
                "{count} tickets fit, and no more than {limit} may be changed at once. Write more in the query, or #limit {count} \
                 in a line of its own."
            ),
            Self::AsksTooMuch(most) => format!("One mail may ask for {most} of these at most: send another mail."),
            Self::NoTime(typed) => format!("\"{typed}\" is no time; write for example 30d or 2026-01-31."),
            Self::Tickets(1) => "1 ticket".to_owned(),
            Self::Tickets(count) => format!("{count} tickets"),
            Self::AnswerFollows => "It follows in a mail of its own.".to_owned(),
            Self::GoesToAll(count) => format!("Your text goes to the customers of {count} tickets."),
            Self::TextNotKept => "Your text was not kept: these commands concern no ticket.".to_owned(),
            Self::Goes(to) => format!("Your text goes to {to}."),
            Self::WouldGo(Some(to)) => format!("The text would go to {to}."),
            Self::WouldGo(None) => "The text would stay internal.".to_owned(),
            Self::OpensTicket => "The mail would open a new ticket.".to_owned(),
            Self::StaysInternal => "Your text was kept as an internal note.".to_owned(),
            Self::KeptAsText(line) => format!(
                "The line “{line}” is a part of it: a command stands at the very beginning of its line, above the text."
            ),
            Self::CodeExpired => "The code has expired: send the first mail again.".to_owned(),
            Self::NotYes => "This confirms nothing: the first line has to be yes, and nothing else.".to_owned(),
            Self::NotFromYou => {
                "The mail server says that this mail does not come from your address, or it names other authors, too."
                    .to_owned()
            }
            Self::Denied => "The mail that waited will not be carried out. The administrator was told.".to_owned(),
            Self::NothingKept => {
                "Nothing was done and your text was not kept: correct the lines above and send the mail again.".to_owned()
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences, one for each case")]
    fn spanish(&self) -> String {
        match self {
            Self::Unknown { what, name, near, all } => {
                let hint = match near {
                    Some(near) => format!(" ¿Quiso decir «{near}»?"),
                    None => String::new(),
                };
                let word = what.word(Language::Es);
                format!("No existe: {word} «{name}».{hint}{}", listed(" Hay: ", all))
            }
            Self::Ambiguous { name, candidates } => {
                format!("«{name}» puede ser varios agentes: {}. Escriba el usuario.", candidates.join(", "))
            }
            Self::Several { name, candidates } => {
                format!("«{name}» puede ser: {}. Escriba el nombre completo.", things(candidates, Language::Es))
            }
            Self::NothingCalled { name, near } => {
                let hint = near.map(|near| format!(" ¿Quiso decir «{near}»?")).unwrap_or_default();
                format!("No hay agente, cola, nivel ni proveedor que se llame «{name}».{hint}")
            }
            Self::SupplierNeedsText => {
                "¿Qué debe hacer el proveedor? Escríbalo debajo de los comandos: a él le llega ese texto y ningún otro.".to_owned()
            }
            Self::SupplierAlone => {
                "El texto de este correo va al proveedor: quite #nota y #público, y escriba al usuario en otro correo.".to_owned()
            }
            Self::OneSupplier => "El texto de un correo va a un solo proveedor: escriba al otro en un correo aparte.".to_owned(),
            Self::SupplierAsks(name) => {
                format!("Este ticket es un pedido de {name}: contéstele como a cualquier usuario.")
            }
            Self::WhichSupplier(names) => {
                format!("Este ticket está con varios proveedores: {}. Escriba #escalar proveedor NOMBRE encima del texto.", names.join(", "))
            }
            Self::NoSupplier => "No hay proveedores: el administrador los anota en desk.toml.".to_owned(),
            Self::GoesToSupplier(who) => format!("Su texto va al proveedor {who}, no al usuario."),
            Self::WouldGoToSupplier(who) => format!("El texto iría al proveedor {who}, no al usuario."),
            Self::NobodyAtLevel { level, queue, elsewhere } => {
                let who: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
                let who = listed(" De ese nivel hay en otra parte: ", &who);
                format!("Nadie de nivel {level} atiende la cola «{queue}».{who} Mueva el ticket con #cola en una línea anterior.")
            }
            Self::SeveralPeople { name, candidates } => {
                format!("«{name}» puede ser varias personas: {}. Escriba la dirección.", candidates.join(", "))
            }
            Self::IsTheDesk(address) => format!("{address} es la propia mesa de ayuda."),
            Self::SaidStop(address) => format!("{address} pidió no recibir más correos de este ticket (#parar)."),
            Self::TooManyTakePart(most) => format!("En un ticket pueden participar como máximo {most} personas."),
            Self::NotOffered { service, customer, offered } => {
                format!("«{service}» no está entre los servicios de {customer}.{}", listed(" Son: ", offered))
            }
            Self::NotSoMuchBooked(booked) => format!("Solo hay {booked} anotados."),
            Self::NotAllowed { right, queue } => format!("Sus roles no permiten «{right}» en la cola «{queue}»."),
            Self::OneAnswer => "Un correo lleva una sola plantilla.".to_owned(),
            Self::NewOnce => {
                "#nuevo abre un solo ticket: escríbalo una vez, y lo de otros tickets en otro correo.".to_owned()
            }
            Self::WhoseTicket => {
                "¿De quién es el ticket? Agregue una línea #usuario DIRECCIÓN, o reenvíe el correo del usuario."
                    .to_owned()
            }
            Self::MailNeedsText => {
                "¿Qué dice el correo al usuario? Escríbalo debajo de los comandos, o escriba #nuevo telefónico."
                    .to_owned()
            }
            Self::Registered(who) => format!("Su texto quedó registrado como el pedido de {who}."),
            Self::Already(value) => format!("Ya estaba así: {value}."),
            Self::UseClose(state) => format!("«{state}» cierra el ticket: escriba #cerrar."),
            Self::UsePend(state) => {
                format!("«{state}» necesita una fecha: escriba #pendiente, por ejemplo #pendiente 2d.")
            }
            Self::Closed => "El ticket está cerrado: escriba primero #reabrir.".to_owned(),
            Self::NotClosed => "El ticket no está cerrado.".to_owned(),
            Self::NeedsConfirmation { has } => {
                format!("Esto se hace solo si usted lo confirma; su correo por sí solo prueba el nivel {has}.")
            }
            Self::OthersThanShown => {
                "Su consulta encuentra ahora otros tickets que los que se le mostraron: confirme estos.".to_owned()
            }
            Self::NoteAndPublic => "#nota y #público no pueden ir en el mismo correo.".to_owned(),
            Self::LockedBy(who) => {
                format!("El ticket está bloqueado por {who}: escriba #tomar para tomarlo, o #nota para dejar el texto como nota interna.")
            }
            Self::StateLockedBy(who) => {
                format!("El ticket está bloqueado por {who}: escriba #tomar en una línea anterior para tomarlo.")
            }
            Self::PartsDiffer => {
                "El texto y el HTML de su correo traen comandos distintos. Envíelo como texto sin formato.".to_owned()
            }
            Self::NotInQueue { login, queue, members } => {
                format!("{login} no trabaja en la cola «{queue}».{}", listed(" Trabajan allí: ", members))
            }
            Self::NoTicket => "No hay ticket al que aplicarlo.".to_owned(),
            Self::NoSuchTicket { number, typing: false } => format!("No existe el ticket {number}."),
            Self::NoSuchTicket { number, typing: true } => {
                format!("No existe el ticket {number}: su dígito de control no cuadra, hay una cifra mal escrita.")
            }
            Self::SameTicket(number) => format!("{number} es este mismo ticket, o ya es parte de él."),
            Self::NoLonger(number) => {
                format!("El ticket {number} fue fusionado o eliminado: ya no se puede hacer nada con él.")
            }
            Self::OtherWayRound(number) => {
                format!("{number} está asociado al revés con este ticket: escriba primero #desasociar {number}.")
            }
            Self::NotLinked(number) => format!("Este ticket no está asociado con {number}."),
            Self::NoArticle(nth) => format!("Este ticket no tiene un artículo {nth}."),
            Self::SplitNeedsText => {
                "¿De qué trata el segundo ticket? Escríbalo debajo de los comandos, o nombre un artículo: #dividir 2"
                    .to_owned()
            }
            Self::NewTicket(number) => format!("ticket nuevo {number}"),
            Self::NothingToUndo => {
                "Aquí no hay nada suyo que deshacer: revise el código del recibo.".to_owned()
            }
            Self::UndoneBefore => "Esto ya se deshizo.".to_owned(),
            Self::UndoExpired(days) => format!("Ya no se puede deshacer: se hizo hace más de {days} días."),
            Self::ChangedSince(what) => format!("No se deshizo, porque cambió desde entonces: {what}."),
            Self::NothingLeftToUndo => "Ya no queda nada que deshacer.".to_owned(),
            Self::MailHasLeft(to) => format!("no se puede deshacer: el correo a {to} ya salió"),
            Self::MailTakenBack(to) => format!("el correo a {to} ya no sale"),
            Self::NoneFound => "Ningún ticket cumple; #lista CONSULTA muestra lo que encuentra.".to_owned(),
            Self::OverLimit { count, limit } => format!(
                "Son {count} tickets, y no se pueden cambiar más de {limit} a la vez. Escriba más en la consulta, o \
                 #límite {count} en una línea propia."
            ),
            Self::AsksTooMuch(most) => format!("Un correo puede pedir {most} de estos como máximo: envíe otro correo."),
            Self::NoTime(typed) => format!("«{typed}» no es un tiempo; escriba por ejemplo 30d o 31/01/2026."),
            Self::Tickets(1) => "1 ticket".to_owned(),
            Self::Tickets(count) => format!("{count} tickets"),
            Self::AnswerFollows => "Llega en otro correo.".to_owned(),
            Self::GoesToAll(count) => format!("Su texto va a los usuarios de {count} tickets."),
            Self::TextNotKept => "Su texto no se guardó: estos comandos no son de ningún ticket.".to_owned(),
            Self::Goes(to) => format!("Su texto va a {to}."),
            Self::WouldGo(Some(to)) => format!("El texto iría a {to}."),
            Self::WouldGo(None) => "El texto quedaría como nota interna.".to_owned(),
            Self::OpensTicket => "El correo abriría un ticket nuevo.".to_owned(),
            Self::StaysInternal => "Su texto quedó como nota interna.".to_owned(),
            Self::KeptAsText(line) => format!(
                "La línea «{line}» es parte de él: un comando va al comienzo mismo de su línea, encima del texto."
            ),
            Self::CodeExpired => "El código venció: envíe otra vez el primer correo.".to_owned(),
            Self::NotYes => "Esto no confirma nada: la primera línea tiene que ser sí, y nada más.".to_owned(),
            Self::NotFromYou => {
                "El servidor de correo dice que este correo no viene de la dirección de usted, o nombra también a otros \
                 autores."
                    .to_owned()
            }
            Self::Denied => "El correo que esperaba no se ejecutará. Se avisó al administrador.".to_owned(),
            Self::NothingKept => {
                "No se hizo nada y su texto no se guardó: corrija las líneas de arriba y envíe el correo otra vez."
                    .to_owned()
            }
        }
    }
}

/// `agente lrojas (Luis Rojas), cola Redes`.
fn things(candidates: &[(Thing, String)], language: Language) -> String {
    let named = candidates.iter().map(|(thing, name)| format!("{} {name}", thing.word(language)));
    named.collect::<Vec<_>>().join(", ")
}

fn listed(intro: &str, names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("{intro}{}.", names.join(", ")) }
}
