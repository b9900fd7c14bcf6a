-- About what the sender of a waiting mail was asked: whether it is his at all (proof), whether it is meant as it stands (author),
-- or whether he takes the ticket that `holder` (an agent's login) had locked then (lock).
ALTER TABLE held ADD COLUMN held_for TEXT NOT NULL DEFAULT 'proof' CHECK (held_for IN ('proof', 'author', 'lock'));
ALTER TABLE held ADD COLUMN holder TEXT;
UPDATE held SET held_for = 'author' WHERE journal IN (SELECT id FROM journal WHERE reason = 'held-for-author');
UPDATE held SET held_for = 'lock' WHERE journal IN (SELECT id FROM journal WHERE reason = 'held-for-lock');
