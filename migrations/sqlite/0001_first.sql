-- The first schema. Migrations are only ever added: a file that was released is never changed.
--
-- Times are milliseconds since 1970 (UTC). Digests are 64 hexadecimal digits of SHA-256. Booleans are 0 and 1.
-- "key" of an address is the address in lower case. Row ids are never reused (AUTOINCREMENT), because they
-- stand in mails and logs.

-- ------------------------------------------------------------------------------------------- tickets

CREATE TABLE tickets (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    number           TEXT    NOT NULL UNIQUE,            -- digits, unique for ever
    title            TEXT    NOT NULL,
    queue            TEXT    NOT NULL,                   -- name in the desk's files
    type             TEXT    NOT NULL,
    service          TEXT,
    sla              TEXT,
    state            TEXT    NOT NULL,                   -- name in the desk's files
    state_type       TEXT    NOT NULL CHECK (state_type IN
        ('new', 'open', 'pending-reminder', 'pending-auto', 'closed', 'merged', 'removed')),
    priority         INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 5),
    locked           INTEGER NOT NULL CHECK (locked IN (0, 1)),
    owner            TEXT,                               -- login
    responsible      TEXT,                               -- login
    customer_address TEXT,                               -- as written
    customer_name    TEXT,
    customer_key     TEXT,
    language         TEXT    NOT NULL,                   -- of mails to the customer: en, es
    level            TEXT    NOT NULL,                   -- 0, 1, 2 or a supplier's name
    created          INTEGER NOT NULL,
    closed_at        INTEGER,                            -- since when it is closed, while it is
    pending_until    INTEGER,
    estimate         INTEGER,                            -- minutes
    booked           INTEGER NOT NULL DEFAULT 0,         -- minutes
    merged_into      INTEGER REFERENCES tickets          -- where its follow-ups go
) STRICT;

CREATE INDEX tickets_by_state ON tickets (state_type, id);
CREATE INDEX tickets_by_customer ON tickets (customer_key) WHERE customer_key IS NOT NULL;

-- Who takes part beside the customer, in the order in which they came.
CREATE TABLE ticket_participants (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket  INTEGER NOT NULL REFERENCES tickets,
    key     TEXT    NOT NULL,
    address TEXT    NOT NULL,                            -- as written
    name    TEXT,
    UNIQUE (ticket, key)
) STRICT;

CREATE TABLE ticket_tags (
    ticket INTEGER NOT NULL REFERENCES tickets,
    tag    TEXT    NOT NULL,
    PRIMARY KEY (ticket, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_fields (
    ticket INTEGER NOT NULL REFERENCES tickets,
    name   TEXT    NOT NULL,
    value  TEXT    NOT NULL,
    PRIMARY KEY (ticket, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_watchers (
    ticket INTEGER NOT NULL REFERENCES tickets,
    login  TEXT    NOT NULL,
    PRIMARY KEY (ticket, login)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    from_ticket INTEGER NOT NULL REFERENCES tickets,     -- the parent, where there is one
    to_ticket   INTEGER NOT NULL REFERENCES tickets,
    kind        TEXT    NOT NULL CHECK (kind IN ('normal', 'parent')),
    at          INTEGER NOT NULL,
    PRIMARY KEY (from_ticket, to_ticket, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_back ON links (to_ticket);

-- The last value given away of each counter of ticket numbers.
CREATE TABLE counters (
    key  TEXT    NOT NULL PRIMARY KEY,                   -- a day, or "all"
    used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- ------------------------------------------------------------------------------------------- content

-- Raw mails and attachments, by content. Larger ones are files blobs/ab/cdef.. of the data folder, written
-- and synced before the transaction that names them; content is NULL then.
CREATE TABLE blobs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    digest  TEXT    NOT NULL UNIQUE,
    bytes   INTEGER NOT NULL,
    content BLOB
) STRICT;

-- ------------------------------------------------------------------------------------------- journal

-- One row for each event, each mail above all. The first key of a mail is where it was found, the second is
-- its fingerprint.
CREATE TABLE journal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    origin       TEXT    NOT NULL CHECK (origin IN ('mailbox', 'deliver', 'import', 'timer', 'request')),
    mailbox      TEXT,                                   -- name in the settings
    folder       TEXT,
    uidvalidity  INTEGER,
    epoch        INTEGER,
    uid          INTEGER,
    message_id   TEXT,                                   -- without angle brackets
    fingerprint  TEXT,                                   -- keyed hash of the mail's canonical form
    received     INTEGER,                                -- INTERNALDATE
    raw          TEXT REFERENCES blobs (digest),
    size         INTEGER NOT NULL,                       -- octets, by the server's account
    class        TEXT,
    author       TEXT,                                   -- address of From
    subject      TEXT,
    evidence     TEXT    NOT NULL,                       -- verdicts and how the decision was reached, in words
    attempt      INTEGER NOT NULL,                       -- which one succeeded, counted from 1
    at           INTEGER NOT NULL,                       -- when it was decided
    reason       TEXT    NOT NULL,
    ticket       INTEGER REFERENCES tickets,
    duplicate_of INTEGER REFERENCES journal,
    after        TEXT    NOT NULL CHECK (after IN ('default', 'move', 'keep')),
    after_folder TEXT,                                   -- for 'move'
    acked        INTEGER NOT NULL CHECK (acked IN (0, 1)) -- the server was told; 1 where there is none to tell
) STRICT;

CREATE UNIQUE INDEX journal_source ON journal (mailbox, folder, uidvalidity, epoch, uid) WHERE uid IS NOT NULL;
CREATE INDEX journal_fingerprint ON journal (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX journal_owed ON journal (mailbox, folder, uidvalidity, epoch, uid) WHERE acked = 0;
CREATE INDEX journal_by_ticket ON journal (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX journal_by_mailbox ON journal (mailbox, id);
CREATE INDEX journal_by_raw ON journal (raw) WHERE raw IS NOT NULL;

-- How far each folder was read, under each numbering of its mails.
CREATE TABLE folders (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox      TEXT    NOT NULL,
    folder       TEXT    NOT NULL,
    uidvalidity  INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    cursor       INTEGER NOT NULL,                       -- every mail up to this UID is done
    left_through INTEGER,                                -- old stock left alone: up to this UID ..
    left_before  INTEGER,                                -- .. and received before this
    adopted      INTEGER NOT NULL,
    UNIQUE (mailbox, folder, uidvalidity, epoch)
) STRICT;

-- Mails that were begun and are not journalled: counted before they are parsed, so that a mail that crashes
-- the program is known by it.
CREATE TABLE attempts (
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    begun       INTEGER NOT NULL,                        -- begun and not ended: crashes, and the one in hand
    failed      INTEGER NOT NULL,                        -- ended by an error
    last_error  TEXT,
    at          INTEGER NOT NULL,
    PRIMARY KEY (mailbox, folder, uidvalidity, epoch, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    journal  INTEGER NOT NULL REFERENCES journal,
    ticket   INTEGER NOT NULL REFERENCES tickets,        -- the minimal ticket that shows it
    raw      TEXT REFERENCES blobs (digest),
    why      TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    outcome  TEXT CHECK (outcome IN ('retried', 'dropped')), -- NULL: still there
    ended    INTEGER
) STRICT;

CREATE INDEX quarantine_open ON quarantine (id) WHERE outcome IS NULL;
CREATE INDEX quarantine_by_journal ON quarantine (journal);

-- Mails that wait for their sender to confirm them.
CREATE TABLE held (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL UNIQUE,                     -- hash of the one-time code
    login   TEXT    NOT NULL,                            -- who has to confirm
    journal INTEGER NOT NULL REFERENCES journal,
    raw     TEXT    NOT NULL REFERENCES blobs (digest),
    ticket  INTEGER REFERENCES tickets,                  -- the one that it would change
    subject TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN ('confirmed', 'expired')), -- NULL: waits
    ended   INTEGER
) STRICT;

-- ------------------------------------------------------------------------------------------ articles

CREATE TABLE articles (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket       INTEGER NOT NULL REFERENCES tickets,
    journal      INTEGER NOT NULL REFERENCES journal,
    channel      TEXT    NOT NULL CHECK (channel IN ('mail', 'note', 'phone', 'chat', 'person')),
    sender       TEXT    NOT NULL CHECK (sender IN ('customer', 'agent', 'system', 'supplier')),
    visible      INTEGER NOT NULL CHECK (visible IN (0, 1)), -- to the customer
    from_address TEXT,
    from_name    TEXT,
    recipients   TEXT    NOT NULL,                       -- JSON [{name, address}]: To
    copies       TEXT    NOT NULL,                       -- the same: Cc
    subject      TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    html         TEXT,                                   -- sanitised
    message_id   TEXT,
    raw          TEXT REFERENCES blobs (digest),
    at           INTEGER NOT NULL
) STRICT;

CREATE INDEX articles_by_ticket ON articles (ticket, id);

CREATE TABLE attachments (
    article      INTEGER NOT NULL REFERENCES articles,
    position     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    content_type TEXT    NOT NULL,
    content_id   TEXT,
    inline       INTEGER NOT NULL CHECK (inline IN (0, 1)),
    digest       TEXT    NOT NULL REFERENCES blobs (digest),
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

-- Message-IDs of mails that were stored or are to be sent: how answers find their ticket.
CREATE TABLE message_ids (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT    NOT NULL,
    ticket     INTEGER NOT NULL REFERENCES tickets,
    threaded   INTEGER NOT NULL CHECK (threaded IN (0, 1)), -- the customer has that mail
    UNIQUE (message_id, ticket)
) STRICT;

CREATE INDEX message_ids_thread ON message_ids (ticket, id) WHERE threaded = 1;

CREATE TABLE history (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket    INTEGER NOT NULL REFERENCES tickets,
    journal   INTEGER NOT NULL REFERENCES journal,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,                          -- 'change', or the word of a fact
    attribute TEXT,                                      -- of a change
    old_value TEXT,
    new_value TEXT,
    text      TEXT    NOT NULL,                          -- the line as people read it
    actor     TEXT    NOT NULL CHECK (actor IN ('customer', 'agent', 'rule', 'timer', 'operator', 'system')),
    actor_id  TEXT,                                      -- address, login, name of the rule, kind of timer
    rule_file TEXT,
    rule_line INTEGER,
    rule_set  TEXT,                                      -- digest of the rule set, 12 digits
    detail    TEXT    NOT NULL                           -- grounds
) STRICT;

CREATE INDEX history_by_ticket ON history (ticket, id);

-- -------------------------------------------------------------------------------------------- outbox

-- Outgoing mails, also those that were accepted: the row stays as the record of what was sent, its content
-- goes.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    journal         INTEGER NOT NULL REFERENCES journal, -- the event that caused it
    ticket          INTEGER REFERENCES tickets,
    message_id      TEXT    NOT NULL UNIQUE,
    envelope_sender TEXT,                                -- NULL is the null sender <>
    recipient       TEXT    NOT NULL,
    recipient_key   TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    template        TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('auto-reply', 'generated', 'human')),
    bytes           INTEGER NOT NULL,
    created         INTEGER NOT NULL,
    next_attempt    INTEGER NOT NULL,                    -- not earlier than this
    state           TEXT    NOT NULL CHECK (state IN
        ('pending', 'sending', 'data-sent', 'held', 'failed', 'accepted', 'dropped')),
    attempts        INTEGER NOT NULL DEFAULT 0,          -- ended ones
    last_error      TEXT,                                -- what the server said
    changed         INTEGER NOT NULL,                    -- when the state was set
    in_doubt        INTEGER                              -- since when nobody knows whether the server has it
) STRICT;

CREATE INDEX outbox_due ON outbox (next_attempt, id) WHERE state = 'pending';
CREATE INDEX outbox_open ON outbox (id) WHERE state NOT IN ('accepted', 'dropped');
CREATE INDEX outbox_in_doubt ON outbox (id) WHERE in_doubt IS NOT NULL;
CREATE INDEX outbox_automatic ON outbox (recipient_key, created) WHERE kind <> 'human';
CREATE INDEX outbox_by_ticket ON outbox (ticket) WHERE ticket IS NOT NULL;

-- The rendered octets, so that a retry is identical; deleted once the server has accepted them.
CREATE TABLE outbox_content (
    id      INTEGER PRIMARY KEY REFERENCES outbox,
    content BLOB NOT NULL
) STRICT;

-- -------------------------------------------------------------------------------------------- timers

CREATE TABLE timers (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket INTEGER REFERENCES tickets,
    kind   TEXT    NOT NULL CHECK (kind IN ('pending-reminder', 'pending-auto', 'held-expired')),
    held   INTEGER REFERENCES held,
    due    INTEGER NOT NULL,
    fired  INTEGER                                       -- NULL: waits
) STRICT;

CREATE UNIQUE INDEX timers_of_ticket ON timers (ticket, kind) WHERE fired IS NULL AND held IS NULL;
CREATE INDEX timers_due ON timers (due, id) WHERE fired IS NULL;
CREATE INDEX timers_of_held ON timers (held) WHERE held IS NOT NULL;

-- ------------------------------------------------------------------------------------------- surveys

CREATE TABLE surveys (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket   INTEGER NOT NULL REFERENCES tickets,
    customer TEXT    NOT NULL,                           -- key of the address
    asked    INTEGER NOT NULL,
    score    INTEGER CHECK (score BETWEEN 1 AND 5),
    comment  TEXT,
    answered INTEGER
) STRICT;

CREATE INDEX surveys_by_ticket ON surveys (ticket);
CREATE INDEX surveys_asked ON surveys (asked);

-- ------------------------------------------------------------------------------------------- reading

-- A ticket with all that hangs on it, in one row: a decision needs it whole, and a statement costs more than
-- what it does. Lists are JSON arrays; the thread is the first mail and the last nineteen.
CREATE VIEW whole_tickets AS
SELECT t.*,
    (SELECT json_group_array(json_array(p.name, p.address))
       FROM (SELECT name, address FROM ticket_participants WHERE ticket = t.id ORDER BY id) p) AS participants,
    (SELECT json_group_array(tag) FROM ticket_tags WHERE ticket = t.id) AS tags,
    (SELECT json_group_array(json_array(name, value)) FROM ticket_fields WHERE ticket = t.id) AS fields,
    (SELECT json_group_array(login) FROM ticket_watchers WHERE ticket = t.id) AS watchers,
    (SELECT json_group_array(m.message_id)
       FROM (SELECT id, message_id FROM
                (SELECT id, message_id FROM message_ids WHERE ticket = t.id AND threaded = 1 ORDER BY id LIMIT 1)
             UNION
             SELECT id, message_id FROM
                (SELECT id, message_id FROM message_ids WHERE ticket = t.id AND threaded = 1
                 ORDER BY id DESC LIMIT 19)
             ORDER BY id) m) AS thread
FROM tickets t;
