import type { Client } from 'pg';
import { v7 as uuid } from 'uuid';

/** Inserts a finished analysis of a photograph with a sign on it and a thumbnail; returns its id. */
export async function insertAnalysis(database: Client, ownerId: string): Promise<string> {
  const id = uuid();
  await database.query(
    `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options,
                           status, job_id, attempts, progress, results, processing_time, started_at, completed_at)
     VALUES ($1, $6, 'image', 'holiday.jpg', 'image/jpeg', 482133, repeat('0f', 32), $4, $2, '{}', 'completed', $5,
             1, 100, $3, 0.482, now(), now())`,
    [id, Object.keys(RESULTS), JSON.stringify(RESULTS), `abc/${id}/source`, id, ownerId],
  );
  await database.query(
    `INSERT INTO artifacts (analysis_id, name, media_type, size_bytes, storage_key)
     VALUES ($1, 'thumbnail.jpg', 'image/jpeg', 8431, $2)`,
    [id, `abc/${id}/attempt-1/thumbnail.jpg`],
  );
  return id;
}

const WORDS = 'Mind the gap between the train and the platform edge'.split(' ');

const RESULTS = {
  image: { width: 4000, height: 3000, format: 'jpeg', color_space: 'srgb', channels: 3, has_alpha: false, frames: 1 },
  exif: { make: 'Maker', model: 'Model 1', exposure_time: 0.004, f_number: 2.8, iso: 100, focal_length: 35 },
  colors: {
    dominant: ['#1e2a3c', '#a0b4c8', '#d2c8b4', '#5a6e46', '#f0f0f0'].map((hex) => ({ hex, share: 0.2 })),
    average: '#7f8c8d',
  },
  quality: { sharpness: 812.44, brightness: 121.7, contrast: 54.32, entropy: 7.41 },
  hash: { dhash: 'c4d4e4f0e1a38f07', phash: '9f3ac07a5a1e6b45' },
  text: {
    content: WORDS.join(' '),
    confidence: 0.93,
    words: WORDS.map((text, index) => ({
      text,
      confidence: 0.93,
      box: { x: 812 + 90 * index, y: 1204, width: 80, height: 41 },
    })),
  },
  codes: [{ format: 'qrcode', text: 'https://example.com/', box: { x: 120, y: 2400, width: 310, height: 310 } }],
};
