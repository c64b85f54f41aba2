-- Searches of one or two characters, for which an index of three letters is of no use: beginnings of names.
CREATE INDEX analyses_by_filename_beginning ON analyses (owner_id, lower(filename) text_pattern_ops, created_at, id);
