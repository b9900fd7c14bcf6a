-- What agents did and may still take back: the event, and the hash of the one-time token that names it. What was
-- done stands in the rows of the event itself (history, articles, outbox).

CREATE TABLE undos (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL UNIQUE,                     -- hash of the token
    login   TEXT    NOT NULL,                            -- who did it, and alone may take it back
    journal INTEGER NOT NULL REFERENCES journal,         -- the event
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER                                      -- NULL: not taken back
) STRICT;

CREATE INDEX undos_open ON undos (login, id) WHERE used IS NULL;
CREATE INDEX history_by_journal ON history (journal);
CREATE INDEX articles_by_journal ON articles (journal);
CREATE INDEX outbox_by_journal ON outbox (journal);
