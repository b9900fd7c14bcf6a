//! The sentences of `decide` in Spanish.

use jiff::Timestamp;

use super::{Say, listed, things};
use crate::decide::Unfit;
use crate::decide::evidence::{Evidence, InVain};
use crate::decide::fact::Fact;
use crate::decide::no_mail::NoMail;
use crate::desk::{Right, SenderKind};
use crate::mail::{Class, Defect, Language};
use crate::outbound::data;

#[expect(clippy::too_many_lines, reason = "a table of sentences, one for each case")]
pub(super) fn say(say: &Say<'_>) -> String {
    match say {
        Say::Unknown { what, name, near, all } => {
            let hint = match near {
                Some(near) => format!(" ¿Quiso decir «{near}»?"),
                None => String::new(),
            };
            let word = what.word(Language::Es);
            format!("No existe: {word} «{name}».{hint}{}", listed(" Hay: ", all))
        }
        Say::Ambiguous { name, candidates } => {
            format!("«{name}» puede ser varios agentes: {}. Escriba el usuario.", candidates.join(", "))
        }
        Say::Several { name, candidates } => {
            format!("«{name}» puede ser: {}. Escriba el nombre completo.", things(candidates, Language::Es))
        }
        Say::NothingCalled { name, near } => {
            let hint = near.map(|near| format!(" ¿Quiso decir «{near}»?")).unwrap_or_default();
            format!("No hay agente, cola, nivel ni proveedor que se llame «{name}».{hint}")
        }
        Say::SupplierNeedsText => {
            "¿Qué debe hacer el proveedor? Escríbalo debajo de los comandos: a él le llega ese texto y ningún otro.".to_owned()
        }
        Say::SupplierAlone => {
            "El texto de este correo va al proveedor: quite #nota y #público, y escriba al usuario en otro correo.".to_owned()
        }
        Say::OneSupplier => "El texto de un correo va a un solo proveedor: escriba al otro en un correo aparte.".to_owned(),
        Say::SupplierAsks(name) => {
            format!("Este ticket es un pedido de {name}: contéstele como a cualquier usuario.")
        }
        Say::WhichSupplier(names) => {
            format!("Este ticket está con varios proveedores: {}. Escriba #escalar proveedor NOMBRE encima del texto.", names.join(", "))
        }
        Say::NoSupplier => "No hay proveedores: el administrador los anota en desk.toml.".to_owned(),
        Say::GoesToSupplier(who) => format!("Su texto va al proveedor {who}, no al usuario."),
        Say::WouldGoToSupplier(who) => format!("El texto iría al proveedor {who}, no al usuario."),
        Say::NobodyAtLevel { level, queue, elsewhere } => {
            let who: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
            let who = listed(" De ese nivel hay en otra parte: ", &who);
            format!("Nadie de nivel {level} atiende la cola «{queue}».{who} Mueva el ticket con #cola en una línea anterior.")
        }
        Say::SeveralPeople { name, candidates } => {
            format!("«{name}» puede ser varias personas: {}. Escriba la dirección.", candidates.join(", "))
        }
        Say::IsTheDesk(address) => format!("{address} es la propia mesa de ayuda."),
        Say::SaidStop(address) => format!("{address} pidió no recibir más correos de este ticket (#parar)."),
        Say::TooManyTakePart(most) => format!("En un ticket pueden participar como máximo {most} personas."),
        Say::NotOffered { service, customer, offered } => {
            format!("«{service}» no está entre los servicios de {customer}.{}", listed(" Son: ", offered))
        }
        Say::ServiceLeft { service, customer, offered } => format!(
            "Se quitó el servicio «{service}»: no está entre los de {customer}.{}",
            listed(" Elija con #servicio entre: ", offered)
        ),
        Say::NobodyTold => {
            "Ningún correo lo avisa: lo que se escriba al usuario le llega a esa persona desde ahora.".to_owned()
        }
        Say::NotSoMuchBooked(booked) => format!("Solo hay {booked} anotados."),
        Say::NotAllowed { right, queue } => format!("Sus roles no permiten «{}» en la cola «{queue}».", right_label(*right)),
        Say::OneAnswer => "Un correo lleva una sola plantilla.".to_owned(),
        Say::NewOnce => {
            "#nuevo abre un solo ticket: escríbalo una vez, y lo de otros tickets en otro correo.".to_owned()
        }
        Say::WhoseTicket => {
            "¿De quién es el ticket? Agregue una línea #usuario DIRECCIÓN, o reenvíe el correo del usuario."
                .to_owned()
        }
        Say::MailNeedsText => {
            "¿Qué dice el correo al usuario? Escríbalo debajo de los comandos, o escriba #nuevo telefónico."
                .to_owned()
        }
        Say::Registered(who) => format!("Su texto quedó registrado como el pedido de {who}."),
        Say::RegisteredAndSent(who) => {
            format!("Su texto quedó registrado como el pedido de {who}, y le llega con el aviso de cierre.")
        }
        Say::Already(value) => format!("Ya estaba así: {value}."),
        Say::UseClose(state) => format!("«{state}» cierra el ticket: escriba #cerrar."),
        Say::UsePend(state) => {
            format!("«{state}» necesita una fecha: escriba #pendiente, por ejemplo #pendiente 2d.")
        }
        Say::Closed => "El ticket está cerrado: escriba primero #reabrir.".to_owned(),
        Say::NotClosed => "El ticket no está cerrado.".to_owned(),
        Say::NeedsConfirmation { has } => {
            format!("Esto se hace solo si usted lo confirma; su correo por sí solo prueba el nivel {has}.")
        }
        Say::OthersThanShown => {
            "Su consulta encuentra ahora otros tickets que los que se le mostraron: confirme estos.".to_owned()
        }
        Say::NoteAndPublic => "#nota y #público no pueden ir en el mismo correo.".to_owned(),
        Say::LockedBy(who) => {
            format!("El ticket está bloqueado por {who}: escriba #tomar para tomarlo, o #nota para dejar el texto como nota interna.")
        }
        Say::AnswerLocked(who) => {
            format!("{who} tiene bloqueado este ticket. Con su sí usted lo toma (#tomar) y la respuesta se envía.")
        }
        Say::StateLockedBy(who) => {
            format!("El ticket está bloqueado por {who}: escriba #tomar en una línea anterior para tomarlo.")
        }
        Say::PartsDiffer => {
            "El texto y el HTML de su correo traen comandos distintos. Envíelo como texto sin formato.".to_owned()
        }
        Say::NotInQueue { login, queue, members } => {
            format!("{login} no trabaja en la cola «{queue}».{}", listed(" Trabajan allí: ", members))
        }
        Say::NoTicket => "No hay ticket al que aplicarlo.".to_owned(),
        Say::NoSuchTicket { number, typing: false } => format!("No existe el ticket {number}."),
        Say::NoSuchTicket { number, typing: true } => {
            format!("No existe el ticket {number}: su dígito de control no cuadra, hay una cifra mal escrita.")
        }
        Say::SameTicket(number) => format!("{number} es este mismo ticket, o ya es parte de él."),
        Say::NoLonger(number) => {
            format!("El ticket {number} fue fusionado o eliminado: ya no se puede hacer nada con él.")
        }
        Say::OtherWayRound(number) => {
            format!("{number} está asociado al revés con este ticket: escriba primero #desasociar {number}.")
        }
        Say::NotLinked(number) => format!("Este ticket no está asociado con {number}."),
        Say::NoArticle(nth) => format!("Este ticket no tiene un artículo {nth}."),
        Say::SplitNeedsText => {
            "¿De qué trata el segundo ticket? Escríbalo debajo de los comandos, o nombre un artículo: #dividir 2"
                .to_owned()
        }
        Say::NewTicketOfMails { number, others: 1 } => {
            format!("ticket nuevo {number}; el otro correo reenviado es un artículo suyo")
        }
        Say::NewTicketOfMails { number, others } => {
            format!("ticket nuevo {number}; los otros {others} correos reenviados son artículos suyos")
        }
        Say::NewTicket(number) => format!("ticket nuevo {number}"),
        Say::NothingToUndo => {
            "Aquí no hay nada suyo que deshacer: revise el código del recibo.".to_owned()
        }
        Say::LastUndoneBefore => {
            "Su último correo sobre este ticket ya se deshizo: no se deshizo nada más. Para deshacer uno anterior, escriba la línea \
             #deshacer de su recibo."
                .to_owned()
        }
        Say::UndoneBefore => "Esto ya se deshizo.".to_owned(),
        Say::UndoExpired(days) => format!("Ya no se puede deshacer: se hizo hace más de {days} días."),
        Say::ChangedSince(what) => format!("No se deshizo, porque cambió desde entonces: {what}."),
        Say::NothingLeftToUndo => "Ya no queda nada que deshacer.".to_owned(),
        Say::MailHasLeft(to) => format!("no se puede deshacer: el correo a {to} ya salió"),
        Say::MailTakenBack(to) => format!("el correo a {to} ya no sale"),
        Say::NoneFound => "Ningún ticket cumple; #lista CONSULTA muestra lo que encuentra.".to_owned(),
        Say::OverLimit { count, limit } => format!(
            "Son {count} tickets, y no se pueden cambiar más de {limit} a la vez. Escriba más en la consulta, o \
             #límite {count} en una línea propia."
        ),
        Say::AsksTooMuch(most) => format!("Un correo puede pedir {most} de estos como máximo: envíe otro correo."),
        Say::NoTime(typed) => format!("«{typed}» no es un tiempo; escriba por ejemplo 30d o 31/01/2026."),
        Say::Tickets(1) => "1 ticket".to_owned(),
        Say::Tickets(count) => format!("{count} tickets"),
        Say::AnswerFollows => "Llega en otro correo.".to_owned(),
        Say::GoesToAll(count) => format!("Su texto va a los usuarios de {count} tickets."),
        Say::TextNotKept => "Su texto no se guardó: estos comandos no son de ningún ticket.".to_owned(),
        Say::Goes(to) => format!("Su texto va a {to}."),
        Say::GoesWithCopies(to, copies) => format!("Su texto va a {to}, con copia a {copies}."),
        Say::WouldGo(Some(to)) => format!("El texto iría a {to}."),
        Say::WouldGo(None) => "El texto quedaría como nota interna.".to_owned(),
        Say::OpensTicket => "El correo abriría un ticket nuevo.".to_owned(),
        Say::StaysInternal => "Su texto quedó como nota interna.".to_owned(),
        Say::ClosedWithoutText(who) => format!(
            "Su texto quedó como nota interna: a {who} se le avisa del cierre, sin él. Con #público debajo de #cerrar le llega \
             también."
        ),
        Say::KeptAsText(line) => format!(
            "La línea «{line}» es parte de él: un comando va al comienzo mismo de su línea, encima del texto."
        ),
        Say::CodeExpired => "El código venció o ya se usó: envíe otra vez el primer correo.".to_owned(),
        Say::ConfirmedBefore => {
            "Esto no cambia nada: usted ya había dicho sí, y el correo que siguió dice qué resultó. Lo que se hizo se deshace con \
             #deshacer, en respuesta a cualquier correo de su ticket; para escribir otra cosa, conteste otra vez al correo del ticket."
                .to_owned()
        }
        Say::NotYes => "Esto no confirma nada: la primera línea tiene que ser sí, y nada más.".to_owned(),
        Say::NeitherYesNorNo => {
            "No se envió nada, y su primera respuesta sigue esperando: la primera línea tiene que ser sí o no, y nada más. Para \
             enviar otra cosa, responda «no» o nada, y envíe otra vez su correo, corregido, en respuesta al correo del ticket."
                .to_owned()
        }
        Say::NotFromYou => {
            "El servidor de correo dice que este correo no viene de la dirección de usted, o nombra también a otros \
             autores."
                .to_owned()
        }
        Say::AnswerDeclined { told: false } => {
            "Su respuesta no se envió y su texto no se agregó al ticket. Si no la escribió usted, avise a su administrador."
                .to_owned()
        }
        Say::AnswerDeclined { told: true } => {
            "La respuesta no se envió y su texto no se agregó al ticket. Se avisó al administrador: solo un código de los correos \
             del ticket probaba que era de usted."
                .to_owned()
        }
        Say::NoToToken { login, subject } => format!(
            "{login} dijo que no a la respuesta «{subject}», que solo estaba probada por un código: pregúntele si era suya"
        ),
        Say::Denied => "El correo que esperaba no se ejecutará. Se avisó al administrador.".to_owned(),
        Say::Unfit(Unfit::TooLarge { size }) => {
            format!("es más grande de lo que la mesa recibe: {}", data::size(*size))
        }
        Say::Unfit(Unfit::Unfetchable(reason)) => format!("el servidor lo muestra y no lo entrega: {reason}"),
        Say::Unfit(Unfit::Crashed(times)) => format!("el programa se cayó con él {times} veces"),
        Say::ByRule(None) => "por una regla".to_owned(),
        Say::ByRule(Some(name)) => format!("por la regla «{name}»"),
        Say::NotAsked { login, cap } => {
            format!("un correo a nombre de {login}, a quien se le preguntó por {cap} correos así en una hora")
        }
        Say::ManyWait { login, cap } => format!("{cap} correos a nombre de {login} esperan confirmación"),
        Say::ManyWaitText => {
            "Puede que alguien esté usando la dirección de este agente. Durante una hora no se le pregunta por más \
             correos así: van a la cuarentena (taquilla quarantine list), de donde se pueden recuperar."
                .to_owned()
        }
        Say::Undeliverable(recipient) => format!("No se pueden entregar los correos a {recipient}"),
        Say::AbuseReport => "Reporte de abuso sobre un correo de esta mesa".to_owned(),
        Say::NothingKept => "Su texto tampoco se guardó: envíe otra vez el correo completo.".to_owned(),
    }
}

pub(in crate::decide) fn evidence(piece: &Evidence) -> String {
    match piece {
        Evidence::NoFrom => "el correo no tiene dirección en From (De)".to_owned(),
        Evidence::NoAgent => "la dirección en From (De) no es de ningún agente".to_owned(),
        Evidence::Program { login, class } => {
            format!("la dirección en From (De) es de {login}, pero el correo es {}", class_label(*class))
        }
        Evidence::Confirmed(login) => format!("confirmado desde la dirección registrada de {login}"),
        Evidence::Supposed(level) => format!("se supone el nivel {level}"),
        Evidence::DoubtfulFrom(Defect::SeveralFrom) => "From (De) nombra varios autores".to_owned(),
        Evidence::DoubtfulFrom(Defect::GroupFrom) => "From (De) nombra un grupo".to_owned(),
        Evidence::DoubtfulFrom(Defect::Repeated(name)) => format!("la cabecera {name} aparece más de una vez"),
        Evidence::DoubtfulFrom(_) => "From (De) se puede leer de dos maneras".to_owned(),
        Evidence::CheckFailed => "falló una comprobación del remitente".to_owned(),
        Evidence::Submission => "el servidor de correo responde por el envío (auth=pass)".to_owned(),
        Evidence::Dmarc => "el servidor de correo responde por el dominio (dmarc=pass)".to_owned(),
        Evidence::InternalHeader => "lleva la cabecera del correo interno".to_owned(),
        Evidence::Token { login, number } => format!("código entregado a {login} para el ticket {number}"),
        Evidence::Signed { domain, selector } => format!("{domain} responde por él (DKIM, selector {selector})"),
        Evidence::SignedInVain { domain, selector, why } => {
            let why = match why {
                InVain::NotForTheDesk => "ni en Para ni en Cc está la mesa de ayuda",
                InVain::OfAnotherTime => "su fecha no es de estos días",
                InVain::SeenBefore => "ya llegó antes un correo con su remitente, fecha y asunto",
            };
            format!("{domain} responde por él (DKIM, selector {selector}), pero {why}")
        }
        // What the check says is for the administrator: `explain` has it.
        Evidence::Unsigned(_) => "ninguna firma (DKIM) lo prueba".to_owned(),
        Evidence::NeedsBoth => {
            "modo estricto: hacen falta la palabra del servidor de correo (o una firma) y un código entregado a este agente"
                .to_owned()
        }
        Evidence::Unproved => "la dirección en From (De) es de un agente, pero nada lo prueba".to_owned(),
        Evidence::SupplierToken(name) => format!("código entregado al proveedor {name}"),
        Evidence::SupplierAddress(name) => format!("la dirección en From (De) es del proveedor {name}"),
        Evidence::Spam => "marcado como correo no deseado".to_owned(),
        Evidence::Header { name, value } => format!("{name}: {value}"),
        Evidence::Border { border, result, of: None } => format!("{border} dice {result}"),
        Evidence::Border { border, result, of: Some(of) } => format!("{border} dice {result} de {of}"),
    }
}

/// What a mail is, behind «es».
fn class_label(class: Class) -> &'static str {
    match class {
        Class::Person => "de una persona",
        Class::Automatic => "automático",
        Class::AutoReply => "una respuesta automática",
        Class::Bounce => "un aviso de devolución",
        Class::List => "de una lista",
        Class::Own => "uno de la propia mesa de ayuda",
        Class::Complaint => "un reporte de abuso",
        Class::SurveyAnswer => "una respuesta a la encuesta",
    }
}

pub(in crate::decide) fn no_mail(why: &NoMail) -> String {
    match why {
        NoMail::NoSender => "el correo no tiene remitente".to_owned(),
        NoMail::NotPerson(class) => format!("el correo es {}", class_label(*class)),
        NoMail::AsksNot => "el correo pide que no se le conteste automáticamente".to_owned(),
        NoMail::NullReturnPath => "el correo tiene vacía la dirección de devolución".to_owned(),
        NoMail::CheckFailed => "falló una comprobación del remitente".to_owned(),
        NoMail::Spam => "el correo está marcado como no deseado".to_owned(),
        NoMail::OpenedByProgram(_) => "el ticket lo abrió un programa".to_owned(),
        NoMail::Unproved(why) => {
            let why = NoMail::read(why).map_or_else(|| why.clone(), |known| no_mail(&known));
            format!("no está probado que escribió el usuario: {why}")
        }
        NoMail::FollowUp => "no se acusa recibo de los correos que siguen al primero".to_owned(),
        NoMail::Supplier => "a los proveedores no se les acusa recibo".to_owned(),
        NoMail::Rule => "una regla suprime la respuesta automática".to_owned(),
        NoMail::AgentsMail => "al usuario le llega el correo del agente".to_owned(),
        NoMail::Silent => "se cerró en silencio".to_owned(),
        NoMail::Quarantined => "el correo está en cuarentena".to_owned(),
    }
}

pub(in crate::decide) fn fact(fact: &Fact, date: impl Fn(Timestamp) -> String) -> String {
    match fact {
        Fact::Created => "ticket creado".to_owned(),
        Fact::Article { sender, visible } => {
            let sender = match sender {
                SenderKind::Customer => "del usuario",
                SenderKind::Agent => "del agente",
                SenderKind::System => "del sistema",
                SenderKind::Supplier => "del proveedor",
            };
            let eyes = if *visible { "visible para el usuario" } else { "interno" };
            format!("artículo {sender}, {eyes}")
        }
        Fact::Stranger(who) => format!("{who} citó este número y no participa en él"),
        Fact::Bounced(what) => format!("correo devuelto: {what}"),
        Fact::GivenUp(what) => format!("correo no entregado: {what}"),
        Fact::Reminded => "llegó la fecha pendiente".to_owned(),
        Fact::TookIn(number) => format!("el ticket {number} se fusionó en este"),
        Fact::Held(login) => format!("un correo a nombre de {login} espera confirmación"),
        Fact::HeldExpired(login) => format!("un correo a nombre de {login} no se confirmó a tiempo"),
        Fact::NotAsked { login, cap } => format!(
            "un correo a nombre de {login}, a quien se le preguntó por {cap} correos así en una hora; está en cuarentena"
        ),
        Fact::Denied { login, subject } => {
            format!("{login} no escribió el correo «{subject}» que esperaba")
        }
        Fact::AnswerDeclined { login, subject, left } => {
            let left = if *left { " y dejó el ticket como está" } else { "" };
            format!("{login} dijo que no a la respuesta «{subject}» que esperaba{left}")
        }
        Fact::FollowUpRejected => "se rechazó un correo: el ticket está cerrado".to_owned(),
        Fact::SurveySent(who) => format!("encuesta enviada a {who}"),
        Fact::SurveyAnswered(score) => format!("encuesta contestada: {score}"),
        Fact::SurveyAgain(score) => format!("otra respuesta a la encuesta ({score}) no se contó"),
        Fact::SurveyWithdrawn => {
            "la encuesta no había salido y se retiró: el ticket se abrió de nuevo".to_owned()
        }
        Fact::Undone(when) => format!("deshecho: lo que se hizo el {}", date(*when)),
        Fact::Withdrawn => "respuesta retirada antes de salir".to_owned(),
        Fact::NotNotified { to, template, why } => {
            format!("no se avisó: {to} ({template}): {}", no_mail(why))
        }
        Fact::Erased => "datos personales borrados".to_owned(),
        Fact::Capped { to, template, sent, cap, of_domain } => {
            let domain = if *of_domain { " a su dominio" } else { "" };
            format!(
                "correo retenido por un límite: {to} ({template}): {sent} correos automáticos{domain} en una hora, y el límite es {cap}"
            )
        }
        Fact::SupplierReminded(name) => format!("se le recordó al proveedor {name}"),
        Fact::Remark(words) => words.clone(),
    }
}

/// What a role allows.
fn right_label(right: Right) -> &'static str {
    match right {
        Right::Read => "leer",
        Right::Note => "anotar",
        Right::Answer => "contestar",
        Right::Move => "mover",
        Right::Owner => "asignar",
        Right::Priority => "cambiar datos",
        Right::Close => "cerrar",
        Right::Create => "crear",
    }
}
