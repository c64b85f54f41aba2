-- Since there are accounts every upload has an owner.

ALTER TABLE batch_uploads ALTER COLUMN owner_id SET NOT NULL;
ALTER TABLE batches ALTER COLUMN owner_id SET NOT NULL;
