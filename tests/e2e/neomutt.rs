//! Mails typed and read in a real mail program: neomutt in a terminal of tmux.

use std::fs;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::desk::Desk;
use crate::mail_host::{DESK, MailHost, PASSWORD};

/// A terminal with neomutt in it; ended when dropped.
struct Terminal {
    folder: tempfile::TempDir,
}

/// What is typed goes above what the program put into the file (the quoted mail), as most people write.
const EDITOR: &str = "#!/bin/sh\necho Escriba:\n{ cat; cat \"$1\"; } > \"$1.new\" && cat \"$1.new\" > \"$1\" && rm \"$1.new\"\n";

impl Terminal {
    /// Opens the mailbox of a person.
    fn open(host: &MailHost, person: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("tqmutt").tempdir_in("/tmp").unwrap();
        let path = folder.path().display().to_string();
        let (imap, submission) = (host.imap, host.submission);
        let settings = format!(
            "set folder = \"imap://127.0.0.1:{imap}/\" spoolfile = \"+INBOX\" record = \"\" postponed = \"\"\n\
             set imap_user = \"{person}@minem.example\" imap_pass = \"{PASSWORD}\" mail_check = 1 timeout = 1\n\
             set smtp_url = \"smtp://{person}%40minem.example@127.0.0.1:{submission}/\" smtp_pass = \"{PASSWORD}\"\n\
             set ssl_starttls = no ssl_force_tls = no header_cache = \"\" certificate_file = \"{path}/certificates\"\n\
             set from = \"{person}@minem.example\" realname = \"{person}\" use_from = yes use_domain = no\n\
             set editor = \"sh {path}/editor\" fast_reply = yes include = yes charset = utf-8 send_charset = utf-8\n\
             set sort = date-received wait_key = no confirm_append = no quit = yes tmpdir = \"{path}\"\n"
        );
        fs::write(folder.path().join("muttrc"), settings).unwrap();
        fs::write(folder.path().join("editor"), EDITOR).unwrap();
        let terminal = Self { folder };
        let program = format!("neomutt -n -F {path}/muttrc");
        let mut start = terminal.tmux();
        start.args(["-f", "/dev/null", "new-session", "-d", "-x", "130", "-y", "45", &program]);
        let output = start.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        terminal
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new("tmux");
        command.arg("-u").arg("-S").arg(self.folder.path().join("socket"));
        command.env("TERM", "xterm").env("LC_ALL", "C.UTF-8").env("HOME", self.folder.path());
        command.env_remove("TMUX");
        command
    }

    fn say(&self, arguments: &[&str]) -> Output {
        self.tmux().args(arguments).output().unwrap()
    }

    /// What is on the screen.
    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.say(&["capture-pane", "-p"]).stdout).into_owned()
    }

    /// Waits until words are on the screen.
    fn shows(&self, words: &str) {
        let end = Instant::now() + crate::SOON;
        while !self.screen().contains(words) {
            assert!(Instant::now() < end, "never showed {words:?}:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses a key, by tmux's name of it.
    fn press(&self, key: &str) {
        self.say(&["send-keys", key]);
    }

    /// Types a text.
    fn types(&self, text: &str) {
        self.say(&["send-keys", "-l", text]);
    }

    /// Writes into the editor and sends.
    fn writes_and_sends(&self, lines: &[&str]) {
        self.shows("Escriba:");
        for line in lines {
            self.types(line);
            self.shows(line);
            self.press("Enter");
        }
        self.press("C-d");
        self.shows("y:Send");
        self.press("y");
        // Back in the list; what is said there of the sending is soon said over.
        self.shows("m:Mail");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the screen\n{}", self.screen());
        }
        self.say(&["kill-server"]);
    }
}

#[test]
fn a_question_typed_and_answered_in_neomutt() {
    for program in ["neomutt", "tmux"] {
        if crate::peers::program(program, program).is_none() {
            return;
        }
    }
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));

    let customer = Terminal::open(&host, "aquispe");
    customer.shows("NeoMutt:");
    customer.press("m");
    customer.shows("To:");
    customer.types(DESK);
    customer.press("Enter");
    customer.shows("Subject:");
    customer.types("El ascensor habla solo");
    customer.press("Enter");
    customer.writes_and_sends(&["Desde ayer dice los pisos en quechua.", "¿A quién aviso?"]);

    maria.gets("the notice", |mail| mail.text().contains("en quechua"));
    let agent = Terminal::open(&host, "mgomez");
    agent.shows("El ascensor habla solo");
    // fast_reply leads straight into the editor.
    agent.press("r");
    agent.writes_and_sends(&["Ya lo sabemos, el técnico viene hoy."]);

    let answer = ana.gets("the answer", |mail| mail.text().contains("el técnico viene hoy"));
    assert_eq!(answer.from(), DESK);
    assert!(!answer.0.contains("mgomez"), "{}", answer.0);
    customer.shows("Msgs:2");
    customer.press("*");
    customer.press("Enter");
    customer.shows("Ya lo sabemos, el técnico viene hoy.");
    let number = answer.number();
    let shown = desk.list(&["show", &number, "--json"]).remove(0);
    assert_eq!(shown["articles"][0]["subject"], "El ascensor habla solo");
    assert!(shown["articles"][0]["text"].as_str().unwrap().contains("¿A quién aviso?"));
    assert_eq!(shown["articles"][1]["sender"], "agent");
    daemon.stop();
}
