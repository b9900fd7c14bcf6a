-- Whether the mail host or a check of ours vouched for the mail that waits: of one that a token alone proves a no may be the first
-- word of a forgery. Of older rows it is not known.
ALTER TABLE held ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0 CHECK (vouched IN (0, 1));
CREATE INDEX held_by_journal ON held (journal);
