//! A DNS server of one's own, on loopback: it knows the TXT records that it is told, and nothing else.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// See the file's head. Its thread ends with the test.
#[derive(Clone)]
pub struct Dns {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    records: BTreeMap<String, Vec<String>>,
    asked: Vec<String>,
    silent: bool,
}

impl Dns {
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let dns = Self { address: socket.local_addr().unwrap(), state: Arc::default() };
        let state = Arc::clone(&dns.state);
        std::thread::spawn(move || {
            let mut question = [0; 1024];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                let mut state = state.lock().unwrap();
                if let Some(answer) = state.answer(&question[..length]).filter(|_| !state.silent) {
                    socket.send_to(&answer, from).unwrap();
                }
            }
        });
        dns
    }

    /// The records of a name (lower case, no final full stop).
    pub fn tell(&self, name: &str, records: &[&str]) {
        let records = records.iter().map(|record| (*record).to_owned()).collect();
        self.state.lock().unwrap().records.insert(name.to_owned(), records);
    }

    pub fn silent(&self) {
        self.state.lock().unwrap().silent = true;
    }

    /// Every name that was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

impl State {
    /// RFC 1035 section 4.1.
    fn answer(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        let mut labels = Vec::new();
        let mut at = 12;
        while let Some(length) = question.get(at).map(|length| usize::from(*length)).filter(|l| *l > 0) {
            labels.push(String::from_utf8_lossy(question.get(at + 1..at + 1 + length)?).to_lowercase());
            at += 1 + length;
        }
        let asked = question.get(12..at + 5)?;
        let name = labels.join(".");
        let records = self.records.get(&name).cloned().unwrap_or_default();
        self.asked.push(name);
        let mut answer = question.get(..2)?.to_vec();
        answer.extend([0x81, if records.is_empty() { 0x83 } else { 0x80 }, 0, 1, 0]);
        answer.push(u8::try_from(records.len()).ok()?);
        answer.extend([0, 0, 0, 0]);
        answer.extend(asked);
        for record in records {
            let text: Vec<u8> = record
                .as_bytes()
                .chunks(255)
                .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat())
                .collect();
            answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0]);
            answer.extend(u16::try_from(text.len()).ok()?.to_be_bytes());
            answer.extend(text);
        }
        Some(answer)
    }
}
