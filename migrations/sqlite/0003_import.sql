-- Numbers by which other desks know a ticket (an older desk, a supplier), as a subject carries them: in lower case,
-- without blanks, with what stands around them.
CREATE TABLE other_numbers (
    name   TEXT    NOT NULL PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES tickets           -- the one that the number was first seen with
) STRICT, WITHOUT ROWID;

CREATE INDEX other_numbers_by_ticket ON other_numbers (ticket);
