-- What a signature (RFC 6376) of a mail in an agent's name covers: the keyed hash of From, Date and Subject. A mail that
-- stays signed for ever can be sent again with another Message-ID; as an order it counts once. NULL where nobody asks.
ALTER TABLE journal ADD COLUMN signed TEXT;
-- What our own check of the mail's signatures found that day: "pass: ..." or "none: ...". Keys of domains change, and
-- what was believed is not to change with them. NULL where no check was made.
ALTER TABLE journal ADD COLUMN dkim TEXT;
CREATE INDEX journal_signed ON journal (signed) WHERE signed IS NOT NULL;
