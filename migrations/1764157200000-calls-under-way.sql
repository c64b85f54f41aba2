-- Calls that rows of a chunk have cost and whose end is not written yet, by row number: those in flight, those that wait
-- for another try. They are written when a call is begun and go with the row's result; what a worker leaves behind is
-- added to batch_items.attempts by the next lease of the chunk. Null when there are none.
ALTER TABLE batch_chunks ADD COLUMN calls jsonb;

CREATE OR REPLACE VIEW batch_item_states AS
SELECT i.batch_id, b.upload_id, b.owner_id, b.name AS batch_name, i.row_number, i.url,
       CASE WHEN i.problem IS NOT NULL OR r.error_class IS NOT NULL THEN 'failed'
            WHEN r.row_number IS NOT NULL THEN 'succeeded'
            WHEN b.status = 'cancelled' THEN 'cancelled'
            WHEN (i.batch_id, (i.row_number - b.first_row) / u.chunk_size + 1) IN
                 (SELECT batch_id, number FROM batch_chunks WHERE worker_id IS NOT NULL) THEN 'processing'
            ELSE 'pending'
       END AS status,
       i.attempts + CASE WHEN r.row_number IS NOT NULL THEN r.attempts
                         WHEN i.problem IS NOT NULL THEN 0
                         ELSE coalesce((SELECT (c.calls ->> i.row_number::text)::integer FROM batch_chunks AS c
                                         WHERE c.batch_id = i.batch_id
                                           AND c.number = (i.row_number - b.first_row) / u.chunk_size + 1), 0)
                    END AS attempts,
       coalesce(r.cached, false) AS cached,
       r.result,
       coalesce(i.problem, r.error_class) AS error_class,
       CASE WHEN i.problem IS NOT NULL THEN 'The row holds no usable URL.' ELSE r.error_message END AS error_message,
       r.duration,
       CASE WHEN i.problem IS NOT NULL THEN b.created_at ELSE r.completed_at END AS completed_at,
       i.columns
  FROM batch_items AS i
  JOIN batches AS b ON b.id = i.batch_id
  JOIN batch_uploads AS u ON u.id = b.upload_id
  LEFT JOIN batch_results AS r ON r.batch_id = i.batch_id AND r.row_number = i.row_number;
