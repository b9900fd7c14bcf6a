-- The HTML of a mail is made safe when somebody looks at it, from the raw mail, and stands nowhere a second time.
ALTER TABLE articles DROP COLUMN html;
