//! What `init` writes is a desk that `check` finds well.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::config::diagnostic::{Diagnostic, render_all};
use crate::config::load::load_with;
use crate::config::mailbox::Tls;
use crate::config::rely;
use crate::desk::token::Keys;

fn args(folder: &Path) -> InitArgs {
    InitArgs {
        folder: folder.to_owned(),
        name: Some("Mesa de \"Ayuda\"".to_owned()),
        user: Some("soporte@minem.example".to_owned()),
        administrator: Some("admin@minem.example".to_owned()),
        language: Some("es".to_owned()),
        timezone: Some("America/Lima".to_owned()),
        yes: true,
        ..InitArgs::default()
    }
}

fn made(args: &InitArgs, piped: Option<&str>) -> Result<(), String> {
    let answers = Answers::gather(args, piped.map(str::to_owned), &Asker { talks: false });
    let written = answers.and_then(|answers| {
        refuse_to_overwrite(&args.folder)?;
        write(&args.folder, &answers)
    });
    written.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_is_written_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("desk");
    made(&args(&folder), Some("s3cret")).unwrap();
    let loaded = load_with(Some(&folder.join("taquilla.toml")), &[])
        .map_err(|mistakes| render_all(&mistakes, false))
        .unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    let relies: Vec<Diagnostic> = rely::inspect(loaded.reliances()).await;
    assert!(relies.is_empty(), "{relies:?}");
    let desk = loaded.desk(Keys::new(vec![(1, [0; 32])]), "test");
    assert_eq!(
        (desk.name.as_str(), desk.queues[0].name.as_str()),
        ("Mesa de \"Ayuda\"", "Mesa de \"Ayuda\"")
    );
    assert_eq!(desk.queues[0].signature.as_deref(), Some("{{agent}}\n{{queue}}"));
    let mailbox = &loaded.settings.mailboxes[0];
    assert_eq!(
        (mailbox.host.as_str(), mailbox.port, mailbox.tls),
        ("imap.minem.example", 993, Tls::Implicit)
    );
    let smtp = loaded.settings.smtp.as_ref().unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("smtp.minem.example", 587, Tls::StartTls));
    let mode = |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("secrets"), mode("secrets/imap"), mode("secrets/smtp")), (0o700, 0o600, 0o600));
}

#[test]
fn a_mistyped_address_is_said_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("desk");
    for (user, administrator, wrong) in [
        ("soporte@minem", "admin@minem.example", None),
        ("soporte@@minem.example", "admin@minem.example", Some("soporte@@minem.example")),
        ("soporte@minem.example", "Ana <ana@minem.example>", Some("Ana <ana@minem.example>")),
    ] {
        let folder = folder.join(user);
        let (user, administrator) = (Some(user.to_owned()), Some(administrator.to_owned()));
        let outcome = made(&InitArgs { user, administrator, ..args(&folder) }, None);
        match wrong {
            None => outcome.unwrap(),
            Some(wrong) => {
                let said = outcome.unwrap_err();
                assert!(said.contains(&format!("this is no address: \"{wrong}\"; an address is")), "{said}");
                assert!(!folder.exists());
            }
        }
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desk.toml"), "mine").unwrap();
    let refused = made(&args(folder.path()), None).unwrap_err();
    assert!(
        refused.ends_with("desk.toml exists already and would be overwritten; name an empty folder"),
        "{refused}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn servers_without_login_and_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let args = InitArgs {
        imap_port: Some(143),
        smtp_host: Some("127.0.0.1".to_owned()),
        smtp_port: Some(2525),
        smtp_tls: Some("none".to_owned()),
        smtp_no_login: true,
        token_command: Some("/usr/bin/mail-token soporte".to_owned()),
        ..args(folder.path())
    };
    made(&args, None).unwrap();
    let loaded = load_with(Some(&folder.path().join("taquilla.toml")), &[])
        .map_err(|mistakes| render_all(&mistakes, false))
        .unwrap();
    assert_eq!(loaded.settings.mailboxes[0].tls, Tls::StartTls);
    let smtp = loaded.settings.smtp.as_ref().unwrap();
    assert!(smtp.port == 2525 && smtp.user.is_none());
    assert!(!folder.path().join("secrets").exists());
}

#[test]
fn an_address_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let args = InitArgs { user: None, ..args(folder.path()) };
    assert!(made(&args, None).unwrap_err().contains("the desk needs an address"));
}
