import { detectLanguage } from './detect.js';
import { stopWords } from './stop-words.js';

describe('detectLanguage', () => {
  it.each([
    ['en', 'The committee will meet again on Thursday to discuss whether the proposal should be accepted.'],
    ['de', 'Der Ausschuss trifft sich am Donnerstag wieder, um über die Annahme des Vorschlags zu beraten.'],
    ['fr', 'Le comité se réunira de nouveau jeudi pour décider si la proposition doit être acceptée ou non.'],
    ['es', 'El comité se reunirá de nuevo el jueves para decidir si la propuesta debe ser aceptada.'],
    ['ru', 'Комитет снова соберётся в четверг, чтобы решить, следует ли принять это предложение.'],
    ['ja', '委員会は木曜日に再び会合を開き、提案を受け入れるかどうかを話し合います。'],
    ['vi', 'Ủy ban sẽ họp lại vào thứ Năm để thảo luận xem có nên chấp nhận đề xuất này hay không.'],
  ])('knows %s', async (code, text) => {
    const found = await detectLanguage(text);

    expect(found.code).toBe(code);
    expect(found.confidence).toBeGreaterThan(0.5);
    expect(found.confidence).toBeLessThanOrEqual(1);
  });

  it('does not guess from numbers', async () => {
    expect(await detectLanguage('12 34 56.7 % 2024-01-01')).toEqual({ code: null, confidence: 0 });
  });
});

describe('stopWords', () => {
  it.each([
    ['en', 'the'],
    ['de', 'und'],
    ['fr', 'les'],
    ['zh', '的'],
    ['fa', 'که'],
    [null, 'the'],
  ])('has those of %s', async (code, word) => {
    expect((await stopWords(code)).has(word)).toBe(true);
  });

  it('has none for a language without a list', async () => {
    expect((await stopWords('tk')).size).toBe(0);
  });
});
