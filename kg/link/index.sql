-- The local index of one registry: what matching and look-ups need of its records.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  local TEXT NOT NULL UNIQUE,      -- the identifier without its prefix
  display TEXT NOT NULL,
  status TEXT NOT NULL,
  types TEXT NOT NULL,             -- joined by blanks
  established INTEGER
);
CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES entry,
  text TEXT NOT NULL,
  language TEXT,
  kinds TEXT NOT NULL,             -- joined by blanks; last "placeless" where the key lacks the place
  key TEXT NOT NULL                -- the words that are compared
);
CREATE TABLE place (
  entry INTEGER NOT NULL REFERENCES entry,
  geonames_id INTEGER NOT NULL,
  city TEXT, subdivision TEXT, subdivision_code TEXT, country_code TEXT, country TEXT
);
CREATE TABLE relation (entry INTEGER NOT NULL REFERENCES entry, kind TEXT NOT NULL, target TEXT NOT NULL);
CREATE TABLE identifier (entry INTEGER NOT NULL REFERENCES entry, scheme TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, names INTEGER NOT NULL);
-- Only tells which names a word is in, and which words three letters are in.
CREATE VIRTUAL TABLE name_words USING fts5(words, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co S* Cn'");
CREATE VIRTUAL TABLE word_letters USING fts5(word, content='', detail=none, columnsize=0, tokenize=trigram);
