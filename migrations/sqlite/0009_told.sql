-- Questions and alarms within the hour to one person of the desk: how many is asked about each mail, so it must not cost a
-- look at more than these.
CREATE INDEX outbox_told ON outbox (recipient_key, created)
    WHERE kind <> 'human' AND template IN ('confirmation', 'held-for-author', 'alarm');
