-- Files of the folder blobs whose contents were erased: named here with the transaction that erases, and gone from here once
-- the file is.
CREATE TABLE erased_files (
    digest TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
