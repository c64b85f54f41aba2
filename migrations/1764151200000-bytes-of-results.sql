-- How much there is of results is known without unpacking them. What is older than this column is unpacked for it.
ALTER TABLE analyses ADD COLUMN results_bytes integer;
