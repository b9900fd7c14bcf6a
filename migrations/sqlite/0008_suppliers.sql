-- Suppliers to whom a ticket was handed. The mails between them and the desk stand in `outbox` and `articles`; what they
-- did stands in the history with actor 'system' and their name as actor_id. Numbers of theirs stand in `other_numbers`,
-- behind their name and a blank.
CREATE TABLE ticket_suppliers (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket  INTEGER NOT NULL REFERENCES tickets,
    key     TEXT    NOT NULL,                            -- of the address that is written to
    address TEXT    NOT NULL,                            -- as written
    name    TEXT    NOT NULL,                            -- in the desk's files
    since   INTEGER NOT NULL,
    UNIQUE (ticket, key)
) STRICT;

-- Timers of kinds to come: which there are is the program's to say.
CREATE TABLE timers_new (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket INTEGER REFERENCES tickets,
    kind   TEXT    NOT NULL,
    held   INTEGER REFERENCES held,
    due    INTEGER NOT NULL,
    fired  INTEGER                                       -- NULL: waits
) STRICT;

INSERT INTO timers_new (id, ticket, kind, held, due, fired) SELECT id, ticket, kind, held, due, fired FROM timers;
-- Row ids are never reused, not even of rows that are gone.
DELETE FROM sqlite_sequence WHERE name = 'timers_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'timers_new', seq FROM sqlite_sequence WHERE name = 'timers';
DROP TABLE timers;
ALTER TABLE timers_new RENAME TO timers;

CREATE UNIQUE INDEX timers_of_ticket ON timers (ticket, kind) WHERE fired IS NULL AND held IS NULL;
CREATE INDEX timers_due ON timers (due, id) WHERE fired IS NULL;
CREATE INDEX timers_of_held ON timers (held) WHERE held IS NOT NULL;
