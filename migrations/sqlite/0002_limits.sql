-- Caps of automatic mail, and mails that are parked because somebody floods the desk.

-- Automatic mails to people outside are counted from the moment at which they may leave. One over a cap waits in
-- state 'held' with `capped` set, and is let go when the hour allows it.
ALTER TABLE outbox ADD COLUMN allowed INTEGER;           -- since when it may leave; NULL: not counted, or over a cap
ALTER TABLE outbox ADD COLUMN capped INTEGER;            -- since when it is over a cap; NULL: it is not
ALTER TABLE outbox ADD COLUMN cap_domain TEXT;           -- the recipient's, where that is counted too

-- Only the last hour is ever counted.
UPDATE outbox SET allowed = created WHERE kind <> 'human' AND created > (unixepoch() - 3600) * 1000;

DROP INDEX outbox_automatic;
CREATE INDEX outbox_by_recipient ON outbox (recipient_key, allowed) WHERE allowed IS NOT NULL;
CREATE INDEX outbox_by_domain ON outbox (cap_domain, allowed) WHERE allowed IS NOT NULL AND cap_domain IS NOT NULL;
CREATE INDEX outbox_capped ON outbox (recipient_key, id) WHERE state = 'held' AND capped IS NOT NULL;

-- How many tickets somebody opened within the hour.
DROP INDEX tickets_by_customer;
CREATE INDEX tickets_by_customer ON tickets (customer_key, created) WHERE customer_key IS NOT NULL;

-- Mails over a limit of tickets or articles an hour: kept, and decided when their time comes.
CREATE TABLE parked (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    journal INTEGER NOT NULL UNIQUE REFERENCES journal,
    sender  TEXT    NOT NULL,                            -- key of the address in From; empty where there is none
    why     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    due     INTEGER NOT NULL,                            -- decided anew then
    outcome TEXT CHECK (outcome IN ('released', 'dropped')), -- NULL: waits
    ended   INTEGER
) STRICT;

CREATE INDEX parked_by_sender ON parked (sender, due) WHERE outcome IS NULL;
CREATE INDEX parked_due ON parked (due, id) WHERE outcome IS NULL;

-- When the administrator was last told of something that is told once an hour at most.
CREATE TABLE told (
    what TEXT    NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
